import { optionType, Refusal } from './option-type.ts';
import type { OptionType } from './option-type.ts';
import type { AnyCase } from './words.ts';

export const INTEGER = String.raw`\s*[+-]?\d+(?:_\d+)*\s*`;

/** JSON Schema of a whole number. Of one that is written as text the limits cannot be told. */
export function integerJson({ min = -Infinity, max = Infinity }: Limits = {}): Readonly<Record<string, unknown>> {
  const limits = { ...(min > -Infinity && { minimum: min }), ...(max < Infinity && { maximum: max }) };
  return {
    anyOf: [
      { type: 'integer', ...limits },
      { type: 'string', pattern: `^${INTEGER}$` },
    ],
  };
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
  faultOf: (text) => (Number(integerOf(text)) < 0 ? BELOW_ZERO : undefined),
});

const BELOW_ZERO = 'below 0, and taken for 0';

function describeLimits(min: number, max: number): string {
  if (min > -Infinity && max < Infinity) return ` from ${min} to ${max}`;
  if (min > -Infinity) return ` of at least ${min}`;
  return max < Infinity ? ` of at most ${max}` : '';
}

/** What Python's int() takes: blanks around it, a sign, underscores between digits, and digits of any script. */
export function integerOf(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isSafeInteger(given) ? given : undefined;
  if (typeof given !== 'string' || !/^\s*[+-]?\p{Nd}+(?:_\p{Nd}+)*\s*$/u.test(given)) return undefined;
  // The zero keeps `-0` out of records that are compared.
  return (
    Number(
      given
        .trim()
        .replaceAll('_', '')
        .replaceAll(/\p{Nd}/gu, latinDigit),
    ) + 0
  );
}

/** Unicode keeps the ten digits of a script together, from zero on. */
function latinDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
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
  faultOf: (text) => (/^\s*-/.test(text) ? BELOW_ZERO : undefined),
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
  insteadOfNumber: 'octal digits in quotes',
  json: { type: 'string', pattern: String.raw`^\s*\+?(?:0[oO])?0*[0-7](?:_?[0-7]){0,3}\s*$` },
  parse: (given) => {
    const text = typeof given === 'string' ? given.replaceAll(/\p{Nd}/gu, latinDigit) : '';
    const isOctalText = /^\s*\+?(?:0o)?[0-7]+(?:_[0-7]+)*\s*$/i.test(text);
    const mode = isOctalText ? Number.parseInt(text.trim().replaceAll(/^\+|_/g, '').replace(/^0o/i, ''), 8) : given;
    return typeof mode === 'number' && Number.isInteger(mode) && mode >= 0 && mode <= 0o7777 ? mode : new Refusal();
  },
  toText: (value) => (typeof value === 'number' ? value.toString(8).padStart(4, '0') : undefined),
});
