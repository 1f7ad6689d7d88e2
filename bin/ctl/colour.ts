/** Colours of the terminal's own palette, which its user has chosen to be readable. */
const CODES = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, faint: 2 } as const;
export type Colour = keyof typeof CODES;

export function paint(text: string, colour: Colour): string {
  return `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}

/**
 * Whether to write colours to a stream: to terminals that support them. `NO_COLOR` (https://no-color.org) turns them
 * off, `FORCE_COLOR` on, for `tsvctl status | less -R`. If both are set, they are off.
 */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}
