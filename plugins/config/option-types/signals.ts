import { signalNamed, SIGNAL_NUMBERS, signalOfNumber } from '../../../core/index.ts';
import { optionType, Refusal } from './option-type.ts';
import type { OptionType } from './option-type.ts';
import { integerOf } from './numbers.ts';
import { anyCase, BLANKS } from './words.ts';

export type SignalInput = NodeJS.Signals | SignalNameWithoutSig | RealTime | `SIG${RealTime}` | number | `${number}`;
type SignalNameWithoutSig = DropSig<NodeJS.Signals>;
type DropSig<Signal extends string> = Signal extends `SIG${infer Name}` ? Name | Lowercase<Name> : never;
type RealTime = 'RTMIN' | `RTMIN+${number}` | 'RTMAX' | `RTMAX-${number}`;

const NUMBERS = [...new Set(SIGNAL_NUMBERS.values())];
const NAMES = [...SIGNAL_NUMBERS.keys()].map((name) => name.slice(3));
const PLAIN_NAMES = NAMES.filter((name) => !name.startsWith('RT'));
const REAL_TIME = String.raw`[Rr][Tt](?:[Mm][Ii][Nn](?:\+\d{1,2})?|[Mm][Aa][Xx](?:-\d{1,2})?)`;
const COMMON_SIGNALS = 'TERM, HUP, INT, QUIT, KILL, USR1, USR2';

/** A signal by name, with or without SIG, in any case, or by number. */
export const signal: OptionType<SignalInput, NodeJS.Signals> = optionType({
  is: 'a signal',
  allowed: `${COMMON_SIGNALS}, …`,
  json: {
    anyOf: [
      { enum: PLAIN_NAMES },
      {
        type: 'string',
        pattern: `^${BLANKS}(?:[Ss][Ii][Gg])?(?:${anyCase([...PLAIN_NAMES, 'CLD'])}|${REAL_TIME})${BLANKS}$`,
      },
      { type: 'integer', enum: NUMBERS },
      { type: 'string', pattern: String.raw`^\s*\+?0*(?:${NUMBERS.join('|')})\s*$` },
    ],
  },
  parse: signalIn,
  toText: signalText,
  toNative: (text) => integerOf(text) ?? signalText(signalIn(text)),
});

function signalIn(given: unknown): NodeJS.Signals | Refusal {
  const number = integerOf(given);
  return (number === undefined ? signalNamed(String(given)) : signalOfNumber(number)) ?? new Refusal();
}

function signalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replace(/^SIG/, '') : undefined;
}
