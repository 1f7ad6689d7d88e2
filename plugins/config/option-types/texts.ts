import { reasonOf, splitCommand } from '../../../core/index.ts';
import { optionType, Refusal } from './option-type.ts';
import type { OptionType, OptionTypeSpec } from './option-type.ts';

/** Any text without a NUL byte, which no argument, path or variable can hold. */
export const text: OptionType<string, string> = optionType({
  is: 'a text',
  allowed: 'a text',
  json: { type: 'string' },
  parse: (given) => textOf(given) ?? new Refusal(typeof given === 'string' ? 'contains a NUL byte' : undefined),
});

/** A text that is not empty. */
export const nonEmptyText: OptionType<string, string> = optionType({
  is: 'a text',
  allowed: 'a text that is not empty',
  json: { type: 'string', minLength: 1 },
  parse: (given) => (given === '' ? new Refusal('empty') : (textOf(given) ?? new Refusal())),
});

/** The name of a process. Supervisor takes an empty one. */
export const processName: OptionType<string, string> = optionType({
  is: 'a name',
  allowed: 'a text that is not empty',
  json: { type: 'string', minLength: 1 },
  empty: { value: '', means: 'the process can only be addressed by its group' },
  parse: (given) => (given === '' ? new Refusal('empty') : (textOf(given) ?? new Refusal())),
});

/** A command: text that is split into words like in a shell, or the words themselves. */
const COMMAND: OptionTypeSpec<string> = {
  is: 'a command',
  allowed: 'a text that is not empty, or an array of words',
  json: {
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'array', items: { type: 'string' }, minItems: 1 },
    ],
  },
  parse: (given) => {
    const line = isTextArray(given) ? given.map(quoteWord).join(' ') : given;
    if (line === '') return new Refusal('empty');
    return textOf(line) ?? new Refusal(typeof line === 'string' ? 'contains a NUL byte' : undefined);
  },
  toText: (value) => (isTextArray(value) ? value.map(quoteWord).join(' ') : undefined),
};

export const command: OptionType<string | readonly string[], string> = optionType(COMMAND);

/** The command of a program, which fails alone where it is empty. */
export const programCommand: OptionType<string | readonly string[], string> = optionType({
  ...COMMAND,
  faultOf: splitFault,
  empty: { value: '', means: 'the program cannot start' },
});

function splitFault(command: string): string | undefined {
  try {
    splitCommand(command);
    return undefined;
  } catch (error) {
    return `${reasonOf(error)}: the program cannot start`;
  }
}

/** A word in the form in which splitting a command gives it back. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

export function textOf(given: unknown): string | undefined {
  return typeof given === 'string' && !given.includes('\0') ? given : undefined;
}

export function isTextArray(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.every((item) => typeof item === 'string');
}
