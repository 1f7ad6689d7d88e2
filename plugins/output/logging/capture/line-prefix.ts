import { statSync } from 'node:fs';

/** Of a terminal: cyan, yellow, green, magenta, blue, and their bright forms. Not red, which people take for an error. */
const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/**
 * What each line of a log begins with: the configured text and a space, which a supervisord.conf cannot end with. On a
 * terminal in a colour that is always the same for the process. `path`: of the log.
 */
export function linePrefix(
  text: string,
  process: string,
  path: string,
  env: Readonly<Record<string, string | undefined>> = globalThis.process.env,
): string {
  if (text === '') return '';
  const spaced = /\s$/.test(text) ? text : `${text} `;
  if (env['NO_COLOR'] || !isTerminal(path)) return spaced;
  const sum = Buffer.from(process).reduce((total, byte) => (total * 31 + byte) % 65_521, 0);
  return `\u001B[${COLOURS[sum % COLOURS.length]}m${spaced}\u001B[0m`;
}

/** By its device number: to open somebody's log, only to look, could do something to a device. */
function isTerminal(path: string): boolean {
  try {
    const stat = statSync(path);
    return stat.isCharacterDevice() && isTerminalMajor((stat.rdev >> 8) & 0xfff);
  } catch {
    return false; // not there yet
  }
}

/** Of Linux: virtual consoles and serial lines (4), /dev/tty and /dev/console (5), pseudo-terminals. */
function isTerminalMajor(major: number): boolean {
  return major === 4 || major === 5 || (major >= 136 && major <= 143);
}
