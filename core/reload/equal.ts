/** Deep equality of two configuration values. */
export type Equal = (one: unknown, other: unknown) => boolean;

/** `node:util` takes 0.3 MB, which only a reload needs. */
export async function loadEqual(): Promise<Equal> {
  const { isDeepStrictEqual } = await import('node:util');
  return isDeepStrictEqual;
}
