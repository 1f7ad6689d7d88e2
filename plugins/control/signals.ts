import { signalNamed, signalOfNumber } from '../../core/index.ts';

/**
 * Reads a signal as clients write it: `HUP`, `sighup`, `1` or `RTMIN+1`; `undefined` if there is none. Supervisor:
 * datatypes.py signal_number.
 */
export function signalOf(given: string): NodeJS.Signals | undefined {
  const word = given.trim();
  return /^[+-]?\d+$/.test(word) ? signalOfNumber(Number(word)) : signalNamed(word);
}
