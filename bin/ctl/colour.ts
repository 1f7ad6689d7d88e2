/** Colours of the terminal's own palette, which its owner has made readable. */
const CODES = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, faint: 2 } as const;
export type Colour = keyof typeof CODES;

export function paint(text: string, colour: Colour): string {
  return `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}

/**
 * Whether colours are written to a stream: to a terminal that knows them. `NO_COLOR` (https://no-color.org) turns them
 * off, `FORCE_COLOR` on, for `tsvctl status | less -R`; who sets both has refused them.
 */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}
