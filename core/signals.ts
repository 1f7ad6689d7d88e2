import { constants } from 'node:os';

/** The real-time signals that glibc and musl leave to programs. Python names only the first and the last one. */
const RTMIN = 34;
const RTMAX = 64;

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(constants.signals),
  // Reserved by libc, but a program can still be killed by one.
  ['SIG32', 32],
  ['SIG33', 33],
  ...Array.from({ length: RTMAX - RTMIN + 1 }, (_, offset): [string, number] => [
    offset === 0 ? 'SIGRTMIN' : `SIGRTMIN+${offset}`,
    RTMIN + offset,
  ]),
]);

/** Other spellings, as used by `kill -l`, systemd and System V. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['SIGCLD', 'SIGCHLD'],
  ['SIGRTMAX', `SIGRTMIN+${RTMAX - RTMIN}`],
  ...Array.from({ length: RTMAX - RTMIN }, (_, offset): [string, string] => [
    `SIGRTMAX-${offset + 1}`,
    offset + 1 === RTMAX - RTMIN ? 'SIGRTMIN' : `SIGRTMIN+${RTMAX - RTMIN - offset - 1}`,
  ]),
]);

/** The first name of each number: SIGPOLL is another name of SIGIO. */
const NAMES: ReadonlyMap<number, string> = new Map([...NUMBERS].toReversed().map(([name, number]) => [number, name]));

/** Every signal by name: those that Node knows, and `SIGRTMIN` to `SIGRTMIN+30`. */
export const SIGNAL_NUMBERS = NUMBERS;

/** Finds a signal by name, with or without SIG, in any case. */
export function signalNamed(text: string): NodeJS.Signals | undefined {
  const word = text.trim().toUpperCase();
  const name = word.startsWith('SIG') ? word : `SIG${word}`;
  const known = ALIASES.get(name) ?? name;
  return isSignal(known) ? known : undefined;
}

export function signalOfNumber(number: number): NodeJS.Signals | undefined {
  const name = NAMES.get(number);
  return name !== undefined && isSignal(name) ? name : undefined;
}

/** The kernel's number of the signal. */
export function numberOfSignal(signal: NodeJS.Signals): number {
  const number = NUMBERS.get(signal);
  if (number === undefined) throw new Error(`unknown signal ${signal}`);
  return number;
}

/** Node's type lacks the real-time signals, but the kernel sends them. */
function isSignal(name: string): name is NodeJS.Signals {
  return NUMBERS.has(name);
}
