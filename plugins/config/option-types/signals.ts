import { constants } from 'node:os';

import { optionType, Refusal } from '../option-type.ts';
import type { OptionType } from '../option-type.ts';
import { integerOf } from './numbers.ts';
import { anyCase, BLANKS } from './words.ts';

export type SignalInput = NodeJS.Signals | SignalNameWithoutSig | number | `${number}`;
type SignalNameWithoutSig = DropSig<NodeJS.Signals>;
type DropSig<Signal extends string> = Signal extends `SIG${infer Name}` ? Name | Lowercase<Name> : never;

const SIGNALS: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));
// SIGPOLL is SIGIO by another name.
const SIGNAL_NUMBERS = [...new Set(SIGNALS.values())];
const SIGNAL_NAMES = [...SIGNALS.keys()].map((name) => name.slice(3));
const COMMON_SIGNALS = 'TERM, HUP, INT, QUIT, KILL, USR1, USR2';

/** A signal by name, with or without SIG, in any case, or by number. */
export const signal: OptionType<SignalInput, NodeJS.Signals> = optionType({
  is: 'a signal',
  allowed: `${COMMON_SIGNALS}, …`,
  json: {
    anyOf: [
      { enum: SIGNAL_NAMES },
      { type: 'string', pattern: `^${BLANKS}(?:[Ss][Ii][Gg])?${anyCase([...SIGNAL_NAMES, 'CLD'])}${BLANKS}$` },
      { type: 'integer', enum: SIGNAL_NUMBERS },
      { type: 'string', pattern: String.raw`^\s*\+?0*(?:${SIGNAL_NUMBERS.join('|')})\s*$` },
    ],
  },
  parse: (given) => {
    const number = integerOf(given);
    const name =
      number === undefined ? signalName(String(given)) : [...SIGNALS].find(([, known]) => known === number)?.[0];
    return name !== undefined && isSignal(name) ? name : new Refusal();
  },
  toText: signalText,
  toNative: (text) => integerOf(text) ?? signalText(signalName(text)),
});

function signalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replace(/^SIG/, '') : undefined;
}

function signalName(text: string): string {
  const name = text.trim().toUpperCase();
  // Python knows the old System V name too.
  if (name === 'CLD' || name === 'SIGCLD') return 'SIGCHLD';
  return name.startsWith('SIG') ? name : `SIG${name}`;
}

function isSignal(name: string): name is NodeJS.Signals {
  return SIGNALS.has(name);
}
