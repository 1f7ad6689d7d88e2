import { signalNamed, signalOfNumber } from '../../core/index.ts';

/** The signal that a client names: `HUP`, `sighup`, `1` or `RTMIN+1`; `undefined` where there is none. Supervisor: datatypes.py signal_number. */
export function signalOf(given: string): NodeJS.Signals | undefined {
  const word = given.trim();
  return /^[+-]?\d+$/.test(word) ? signalOfNumber(Number(word)) : signalNamed(word);
}
