import { constants } from 'node:os';

/**
 * The signal that a client names: `HUP`, `sighup` or `1`. `undefined` where there is none. Real-time signals are not
 * among them: node has no names for those. Supervisor: datatypes.py signal_number.
 */
export function signalOf(given: string): NodeJS.Signals | undefined {
  const word = given.trim().toUpperCase();
  if (/^[+-]?\d+$/.test(word)) return BY_NUMBER.get(Number(word));
  const name = word.startsWith('SIG') ? word : `SIG${word}`;
  return BY_NAME.get(name);
}

/** The number by which the wire knows a signal. */
export function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal];
}

// Object.entries loses the names' type; the keys of this table are exactly the signals.
const ALL = Object.entries(constants.signals) as readonly (readonly [NodeJS.Signals, number])[];
const BY_NAME: ReadonlyMap<string, NodeJS.Signals> = new Map(ALL.map(([name]) => [name, name]));
/** Where a number has two names (SIGIO and SIGPOLL), either will do. */
const BY_NUMBER: ReadonlyMap<number, NodeJS.Signals> = new Map(ALL.map(([name, number]) => [number, name]));
