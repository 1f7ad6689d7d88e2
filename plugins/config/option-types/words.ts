import { optionType, Refusal } from './option-type.ts';
import type { OptionType } from './option-type.ts';

export type AnyCase<Text extends string> = Text | Uppercase<Text> | Capitalize<Text>;

const TRUE = ['true', 'yes', 'on', '1'] as const;
const FALSE = ['false', 'no', 'off', '0'] as const;

export type BooleanInput = boolean | AnyCase<(typeof TRUE)[number] | (typeof FALSE)[number]>;

/** A part of a pattern: one of these words, in any case. */
export function anyCase(words: readonly string[]): string {
  const letter = (character: string) => `[${character.toUpperCase()}${character.toLowerCase()}]`;
  return `(?:${words.map((word) => word.replaceAll(/[a-z]/gi, letter)).join('|')})`;
}

export const BLANKS = String.raw`\s*`;

/** `true`, `yes`, `on`, `1`, `false`, `no`, `off`, `0`, in any case. */
export const boolean: OptionType<BooleanInput, boolean> = optionType({
  is: 'a boolean',
  allowed: [...TRUE, ...FALSE].join(', '),
  json: {
    anyOf: [{ type: 'boolean' }, { enum: [0, 1] }, { type: 'string', pattern: `^${anyCase([...TRUE, ...FALSE])}$` }],
  },
  parse: (given) => (typeof given === 'boolean' ? given : (booleanWord(given) ?? new Refusal())),
  toNative: booleanWord,
});

function booleanWord(given: unknown): boolean | undefined {
  const word = typeof given === 'string' || typeof given === 'number' ? String(given).toLowerCase() : '';
  if (isIn(TRUE, word)) return true;
  return isIn(FALSE, word) ? false : undefined;
}

/** One of some words, in any case; yields the word as the list spells it. */
export function oneOf<const Word extends string>(
  is: string,
  words: readonly Word[],
): OptionType<Word | Uppercase<Word> | Lowercase<Word>, Word> {
  const byLowerCase = new Map(words.map((word) => [word.toLowerCase(), word]));
  return optionType({
    is,
    allowed: words.join(', '),
    json: { anyOf: [{ enum: words }, { type: 'string', pattern: `^${BLANKS}${anyCase(words)}${BLANKS}$` }] },
    parse: (given) =>
      (typeof given === 'string' ? byLowerCase.get(given.trim().toLowerCase()) : undefined) ?? new Refusal(),
    toNative: (text) => byLowerCase.get(text.trim().toLowerCase()),
  });
}

/** `true` (in any spelling of a boolean), `false`, or one of some words; for options like `autorestart`. */
export function booleanOr<const Word extends string>(
  is: string,
  words: readonly Word[],
): OptionType<BooleanInput | Word, boolean | Word> {
  const byLowerCase = new Map(words.map((word) => [word.toLowerCase(), word]));
  const wordOf = (given: unknown) => (typeof given === 'string' ? byLowerCase.get(given.toLowerCase()) : undefined);
  return optionType({
    is,
    allowed: [...words, ...TRUE, ...FALSE].join(', '),
    json: {
      anyOf: [
        { enum: [true, false, ...words, 0, 1] },
        { type: 'string', pattern: `^${anyCase([...words, ...TRUE, ...FALSE])}$` },
      ],
    },
    parse: (given) => {
      if (typeof given === 'boolean') return given;
      return booleanWord(given) ?? wordOf(given) ?? new Refusal();
    },
    toNative: (text) => booleanWord(text) ?? wordOf(text),
  });
}

const LEVELS = ['critical', 'error', 'warn', 'info', 'debug', 'trace', 'blather'] as const;

export type LoggingLevel = (typeof LEVELS)[number];

/** How much the daemon's own log tells. */
export const loggingLevel: OptionType<LoggingLevel | Uppercase<LoggingLevel>, LoggingLevel> = oneOf(
  'a logging level',
  LEVELS,
);

function isIn(words: readonly string[], word: string): boolean {
  return words.includes(word);
}
