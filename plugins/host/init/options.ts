import { defineOptions, signalNamed } from '../../../core/index.ts';
import { optionType, Refusal, wordsOf } from '../../config/option-types/index.ts';
import { FREE_SIGNALS, type FreeSignal } from '../daemon/index.ts';

/** When the daemon ends by itself. */
export type ExitWhen =
  | { readonly kind: 'never' }
  /** The first program that ends for good, or all of them. */
  | { readonly kind: 'any' | 'all' }
  /** The first of these: processes as `name` or `group:name`, or groups. */
  | { readonly kind: 'names'; readonly names: readonly string[] };

const exitWhen = optionType<string | readonly string[], ExitWhen>({
  is: 'a condition',
  allowed: 'never, any, all, or names of programs separated by commas',
  json: {
    anyOf: [
      { type: 'string', pattern: String.raw`^\s*[^,\s][^,]*(,\s*[^,\s][^,]*)*$` },
      { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
    ],
  },
  parse(given) {
    const names = wordsOf(given);
    if (names === undefined || names.length === 0 || names.includes('')) return new Refusal();
    const [word = ''] = names;
    if (names.length === 1 && (word === 'never' || word === 'any' || word === 'all')) return { kind: word };
    return { kind: 'names', names };
  },
});

/** By name, with or without SIG, in any case, as `stopsignal`. */
const ONE_SIGNAL = `(?:[Ss][Ii][Gg])?(?:${FREE_SIGNALS.map((signal) => inAnyCase(shortName(signal))).join('|')})`;

const forwardedSignals = optionType<string | readonly string[], readonly FreeSignal[]>({
  is: 'a list of signals to send on',
  allowed: `some of ${FREE_SIGNALS.map(shortName).join(', ')}, separated by commas`,
  json: {
    anyOf: [
      { type: 'array', items: { type: 'string', pattern: `^${ONE_SIGNAL}$` } },
      { type: 'string', pattern: String.raw`^(?:\s*${ONE_SIGNAL}\s*(?:,\s*${ONE_SIGNAL}\s*)*)?$` },
    ],
  },
  parse(given) {
    const words = wordsOf(given);
    if (words === undefined) return new Refusal();
    const signals = words.map((word) => FREE_SIGNALS.find((signal) => isNameOf(signal, word)) ?? word);
    const wrong = signals.find((word) => !isFree(word));
    if (wrong === undefined) return signals.filter(isFree);
    const isSignal = signalNamed(wrong) !== undefined;
    return new Refusal(`${wrong} is ${isSignal ? 'a signal to the daemon itself, or cannot be handled' : 'no signal'}`);
  },
  toText: (value) => (Array.isArray(value) ? value.map(String).map(shortName).join(',') : undefined),
});

function shortName(signal: string): string {
  return signal.replace(/^SIG/, '');
}

function inAnyCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
}

function isNameOf(signal: FreeSignal, word: string): boolean {
  return new RegExp(`^(?:SIG)?${shortName(signal)}$`, 'i').test(word);
}

function isFree(word: string): word is FreeSignal {
  return FREE_SIGNALS.some((signal) => signal === word);
}

const NEVER: ExitWhen = { kind: 'never' };

/** Of `[supervisord]`. */
export const supervisordOptions = defineOptions({
  exit_when: {
    schema: exitWhen,
    default: NEVER,
    change: 'restart',
    description:
      'End the daemon, with the exit status of the program, when any program has ended for good, all have, or one of those named.',
  },
  forward_signals: {
    schema: forwardedSignals,
    default: [],
    change: 'restart',
    description: 'Signals that the daemon sends on to all programs that run.',
  },
});

/** `readonly sections` of the plugin's class. */
export const sections = { supervisord: supervisordOptions } as const;
