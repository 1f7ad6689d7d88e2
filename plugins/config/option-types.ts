import { constants } from 'node:os';

import { parseEnvironmentText, printEnvironmentText } from './environment-text.ts';
import { optionType, Refusal } from './option-type.ts';
import { needing } from './path-need.ts';

/**
 * The types of options. Each accepts what a typed configuration writes (`true`, `['a', 'b']`, `50 * 1024 * 1024`) and what
 * supervisord.conf writes (`yes`, `a, b`, `50MB`), and yields one form for both. Spellings are Supervisor's (datatypes.py).
 */

type OptionType<Input, Output> = ReturnType<typeof optionType<Input, Output>>;

type AnyCase<Text extends string> = Text | Uppercase<Text> | Capitalize<Text>;

const TRUE = ['true', 'yes', 'on', '1'] as const;
const FALSE = ['false', 'no', 'off', '0'] as const;

export type BooleanInput = boolean | AnyCase<(typeof TRUE)[number] | (typeof FALSE)[number]>;

/** A part of a pattern: one of these words, in any case. */
function anyCase(words: readonly string[]): string {
  const letter = (character: string) => `[${character.toUpperCase()}${character.toLowerCase()}]`;
  return `(?:${words.map((word) => word.replaceAll(/[a-z]/gi, letter)).join('|')})`;
}

const BLANKS = String.raw`\s*`;
const INTEGER = String.raw`\s*[+-]?\d+(?:_\d+)*\s*`;

/** JSON Schema of a whole number. Of one that is written as text the limits cannot be told. */
function integerJson({ min = -Infinity, max = Infinity }: Limits = {}): Readonly<Record<string, unknown>> {
  const limits = { ...(min > -Infinity && { minimum: min }), ...(max < Infinity && { maximum: max }) };
  return {
    anyOf: [
      { type: 'integer', ...limits },
      { type: 'string', pattern: `^${INTEGER}$` },
    ],
  };
}

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
function oneOf<const Word extends string>(
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

export type IntegerInput = number | `${number}`;

/** Limits of an {@link integer}, both included. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number. */
export function integer({ min = -Infinity, max = Infinity }: Limits = {}): OptionType<IntegerInput, number> {
  const limits = describeLimits(min, max);
  return optionType({
    is: 'a whole number',
    allowed: `a whole number${limits}`,
    json: integerJson({ min, max }),
    parse: (given) => {
      const number = integerOf(given);
      if (number === undefined) return new Refusal();
      return number < min || number > max ? new Refusal(`not a whole number${limits}`) : number;
    },
    toNative: integerOf,
  });
}

/**
 * A number of seconds, bytes or tries. Supervisor accepts a negative one and then behaves as for zero, and so does the text form
 * here; a number written natively has to be at least 0.
 */
export const count: OptionType<IntegerInput, number> = optionType({
  is: 'a whole number',
  allowed: 'a whole number of at least 0',
  json: integerJson({ min: 0 }),
  parse: (given) => {
    const number = integerOf(given);
    if (number === undefined) return new Refusal();
    if (number >= 0) return number;
    return typeof given === 'string' ? 0 : new Refusal('below 0');
  },
  toNative: (text) => Math.max(0, integerOf(text) ?? NaN),
});

function describeLimits(min: number, max: number): string {
  if (min > -Infinity && max < Infinity) return ` from ${min} to ${max}`;
  if (min > -Infinity) return ` of at least ${min}`;
  return max < Infinity ? ` of at most ${max}` : '';
}

/** What Python's int() takes: blanks around it, a sign, underscores between digits. */
function integerOf(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isSafeInteger(given) ? given : undefined;
  if (typeof given !== 'string' || !/^\s*[+-]?\d+(?:_\d+)*\s*$/.test(given)) return undefined;
  // The zero keeps `-0` out of records that are compared.
  return Number(given.trim().replaceAll('_', '')) + 0;
}

const UNITS = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;

export type ByteSizeInput =
  | number
  | `${number}`
  | `${number}${AnyCase<keyof typeof UNITS>}`
  | `${number} ${AnyCase<keyof typeof UNITS>}`;

/** A number of bytes, or a number and `KB`, `MB` or `GB` (units of 1024). 0 usually stands for no limit. */
export const byteSize: OptionType<ByteSizeInput, number> = optionType({
  is: 'a size',
  allowed: 'a whole number of bytes, or one followed by KB, MB or GB',
  json: {
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: `^${INTEGER}(?:[KkMmGg][Bb])?$` },
    ],
  },
  parse: (given) => {
    if (typeof given === 'number') return Number.isSafeInteger(given) && given >= 0 ? given : new Refusal();
    const [, digits, unit] = /^\s*(.*?)(kb|mb|gb)?$/i.exec(String(given)) ?? [];
    const number = integerOf(digits);
    if (number === undefined || typeof given !== 'string') return new Refusal();
    return (
      Math.max(0, number) *
      (unit === undefined ? 1 : (Object.entries(UNITS).find(([name]) => name === unit.toLowerCase())?.[1] ?? 1))
    );
  },
  toText: (value) => (typeof value === 'number' ? describeSize(value) : undefined),
  toNative: (text) => {
    const [, digits, unit] = /^\s*(.*?)(kb|mb|gb)?$/i.exec(text) ?? [];
    const number = Math.max(0, integerOf(digits) ?? NaN);
    return unit === undefined || Number.isNaN(number) ? number : `${number}${unit.toUpperCase()}`;
  },
});

/** In the largest unit that takes no fraction. */
function describeSize(bytes: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, factor]) => bytes > 0 && bytes % factor === 0) ?? ['', 1];
  return `${bytes / size}${unit.toUpperCase()}`;
}

/** A file mode or mask: octal digits as text (`022`, `0700`), or a number that is meant as it is (`0o22`). */
export const octalMode: OptionType<number | `${number}` | `0o${number}`, number> = optionType({
  is: 'an octal mode',
  allowed: 'octal digits such as 022 or 0700, at most 7777',
  // A number would be a decimal one in JSON, which nobody means: 700 is 01274.
  json: { type: 'string', pattern: String.raw`^\s*\+?(?:0[oO])?0*[0-7](?:_?[0-7]){0,3}\s*$` },
  parse: (given) => {
    const isOctalText = typeof given === 'string' && /^\s*\+?(?:0o)?[0-7]+(?:_[0-7]+)*\s*$/i.test(given);
    const mode = isOctalText ? Number.parseInt(given.trim().replaceAll(/^\+|_/g, '').replace(/^0o/i, ''), 8) : given;
    return typeof mode === 'number' && Number.isInteger(mode) && mode >= 0 && mode <= 0o7777 ? mode : new Refusal();
  },
  toText: (value) => (typeof value === 'number' ? value.toString(8).padStart(4, '0') : undefined),
});

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

/** A list of words: an array, or text separated by commas. Blanks around a word do not count. */
export const stringList: OptionType<string | readonly string[], readonly string[]> = optionType({
  is: 'a list',
  allowed: 'words separated by commas, or an array of texts',
  json: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }] },
  parse: (given) => wordsOf(given) ?? new Refusal(),
  toText: listText,
  toNative: wordsOf,
});

/** Words with commas between; undefined where a comma within a word, or a blank at its ends, would not come back. */
function listText(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const words: readonly unknown[] = value;
  const isLost = (word: unknown) => /,|^\s|\s$/.test(String(word)) || (word === '' && words.length === 1);
  return words.some(isLost) ? undefined : words.map(String).join(',');
}

/** The words of a list option, given as an array or as text; undefined where it is neither. */
export function wordsOf(given: unknown): string[] | undefined {
  if (given === '') return [];
  if (typeof given === 'string') return given.split(',').map((word) => word.trim());
  return isTextArray(given) ? [...given] : undefined;
}

/** Exit codes that are expected: an array, one number, or text separated by commas. */
export const exitCodes: OptionType<number | string | readonly number[], readonly number[]> = optionType({
  is: 'a list of exit codes',
  allowed: 'whole numbers from 0 to 255, separated by commas',
  json: {
    anyOf: [
      { type: 'array', items: integerJson({ min: 0, max: 255 }) },
      { type: 'integer', minimum: 0, maximum: 255 },
      { type: 'string', pattern: `^(?:${INTEGER}(?:,${INTEGER})*)?$` },
    ],
  },
  parse: (given) => {
    const items: readonly unknown[] = Array.isArray(given) ? given : (wordsOf(String(given)) ?? []);
    const codes = items.map(integerOf);
    return codes.every((code) => code !== undefined && code >= 0 && code <= 255) ? codes.map(Number) : new Refusal();
  },
  toText: listText,
  toNative: (text) => wordsOf(text)?.map(Number),
});

/** Environment variables: a record, or `KEY=value,KEY2="a, b"`. */
export const environment: OptionType<
  string | Readonly<Record<string, string | number>>,
  Readonly<Record<string, string>>
> = optionType({
  is: 'a list of variables',
  allowed: 'KEY="value",KEY2="value", or a record of texts',
  json: {
    anyOf: [
      {
        type: 'object',
        propertyNames: { pattern: String.raw`^[^=\u0000]+$` },
        additionalProperties: { type: ['string', 'number'] },
      },
      { type: 'string' },
    ],
  },
  parse: (given) => {
    const pairs = typeof given === 'string' ? parseEnvironmentText(given) : textRecord(given);
    if (pairs === undefined) return new Refusal();
    const bad = Object.keys(pairs).find((name) => name === '' || /[=\0]/.test(name));
    return bad === undefined ? pairs : new Refusal(`${JSON.stringify(bad)} is not a name for a variable`);
  },
  toText: (value) => {
    const pairs = textRecord(value);
    return pairs && printEnvironmentText(pairs);
  },
  toNative: parseEnvironmentText,
});

function textRecord(given: unknown): Record<string, string> | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const entries = Object.entries(given);
  if (!entries.every(([, value]) => typeof value === 'string' || typeof value === 'number')) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** Where a log goes. */
export type LogFile =
  | { readonly kind: 'file'; readonly path: string }
  /** A file under `childlogdir` with a name made up at start and removed at the next one. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  /** The deprecated spelling `stdout_logfile=syslog`. */
  | { readonly kind: 'syslog' };

/** A path, `AUTO`, `NONE` (or `off`), or `syslog`. */
export const logFile: OptionType<string, LogFile> = needing(
  'writable',
  optionType({
    is: 'a log file',
    allowed: 'a path, AUTO, NONE or syslog',
    json: { type: 'string', minLength: 1 },
    parse: (given): LogFile | Refusal => {
      if (typeof given !== 'string' || given === '') return new Refusal();
      if (given.includes('\0')) return new Refusal('a path cannot contain a NUL byte');
      switch (given.toLowerCase()) {
        case 'none':
        case 'off':
          return { kind: 'none' };
        case 'auto':
          return { kind: 'auto' };
        case 'syslog':
          return { kind: 'syslog' };
        default:
          return { kind: 'file', path: given };
      }
    },
    toText: describeLogFile,
  }),
);

function describeLogFile(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  return 'path' in value ? String(value.path) : String(value.kind).toUpperCase();
}

const LEVELS = ['critical', 'error', 'warn', 'info', 'debug', 'trace', 'blather'] as const;

export type LoggingLevel = (typeof LEVELS)[number];

/** How much the daemon's own log tells. */
export const loggingLevel: OptionType<LoggingLevel | Uppercase<LoggingLevel>, LoggingLevel> = oneOf(
  'a logging level',
  LEVELS,
);

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

/** A command: text that is split into words like in a shell, or the words themselves. */
export const command: OptionType<string | readonly string[], string> = optionType({
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
});

/** A word in the form in which splitting a command gives it back. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

function textOf(given: unknown): string | undefined {
  return typeof given === 'string' && !given.includes('\0') ? given : undefined;
}

/** The path of a file in a directory that exists. */
export const filePath: OptionType<string, string> = needing('parent', pathType('a path', 'a path'));

/** The path of a log file, or a word that stands for another destination. */
export const logPath: OptionType<string, string> = needing('writable', pathType('a path', 'a path'));

/** The path of a directory that has to exist. */
export const existingDirectory: OptionType<string, string> = needing(
  'directory',
  pathType('a directory', 'the path of a directory'),
);

/** The path of a directory that a child changes to; it may come into being later. */
export const directoryPath: OptionType<string, string> = pathType('a directory', 'the path of a directory');

function pathType(is: string, allowed: string): OptionType<string, string> {
  return optionType({
    is,
    allowed,
    json: { type: 'string', minLength: 1 },
    parse: (given) => (given === '' ? new Refusal('empty') : (textOf(given) ?? new Refusal())),
  });
}

/** A user by name or number; whether there is one is looked up when the configuration is resolved. */
export const userName: OptionType<string | number, string> = optionType({
  is: 'a user',
  allowed: 'the name or number of a user',
  json: {
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'integer', minimum: 0 },
    ],
  },
  parse: (given) => nameOrNumber(given) ?? new Refusal(),
});

/** Whom a file belongs to, by name or number. Without a group, the group stays as it is. */
export interface Owner {
  readonly user: string;
  readonly group: string | undefined;
}

/** `user` or `user:group`. */
export const owner: OptionType<string | number, Owner> = optionType({
  is: 'an owner',
  allowed: 'user or user:group',
  json: {
    anyOf: [
      { type: 'string', pattern: String.raw`^[^:]+(?::[\s\S]+)?$` },
      { type: 'integer', minimum: 0 },
    ],
  },
  parse: (given) => {
    const name = nameOrNumber(given);
    if (name === undefined) return new Refusal();
    const colon = name.indexOf(':');
    const [user, group] = colon === -1 ? [name, undefined] : [name.slice(0, colon), name.slice(colon + 1)];
    return user === '' || group === '' ? new Refusal() : { user, group };
  },
});

function nameOrNumber(given: unknown): string | undefined {
  if (typeof given === 'number') return Number.isSafeInteger(given) && given >= 0 ? String(given) : undefined;
  return given === '' ? undefined : textOf(given);
}

/** Where a TCP server listens. An empty host stands for every address of the machine. */
export interface InetAddress {
  readonly host: string;
  readonly port: number;
}

/** `9001`, `:9001`, `*:9001` or `host:9001`. */
export const inetAddress: OptionType<string | number, InetAddress> = optionType({
  is: 'an address',
  allowed: 'port, :port, *:port or host:port, with a port from 1 to 65535',
  json: {
    anyOf: [
      { type: 'string', pattern: String.raw`^(?:[\s\S]*:)?` + `${INTEGER}$` },
      { type: 'integer', minimum: 1, maximum: 65_535 },
    ],
  },
  parse: (given) => {
    const address = nameOrNumber(given) ?? '';
    const colon = address.lastIndexOf(':');
    const port = integerOf(address.slice(colon + 1));
    if (port === undefined) return new Refusal();
    if (port < 1 || port > 65_535) return new Refusal(`port ${port} is out of range`);
    const host = address.slice(0, Math.max(0, colon)).toLowerCase();
    return { host: host === '*' ? '' : host, port };
  },
  toNative: integerOf,
});

function isIn(words: readonly string[], word: string): boolean {
  return words.includes(word);
}

function isTextArray(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.every((item) => typeof item === 'string');
}
