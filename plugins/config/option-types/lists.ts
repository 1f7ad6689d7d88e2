import { environmentFault } from './environment-fault.ts';
import { parseEnvironmentText, printEnvironmentText } from './environment-text.ts';
import { optionType, Refusal } from './option-type.ts';
import type { OptionType } from './option-type.ts';
import { INTEGER, integerJson, integerOf } from './numbers.ts';
import { isTextArray } from './texts.ts';

/** A list of words: an array, or text separated by commas. Blanks around a word do not count. */
export const stringList: OptionType<string | readonly string[], readonly string[]> = optionType({
  is: 'a list',
  allowed: 'words separated by commas, or an array of texts',
  json: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }] },
  parse: (given) => wordsOf(given) ?? new Refusal(),
  // An expansion may bring commas of its own.
  toNative: (text) => (text.includes('%(') ? undefined : wordsOf(text)),
});

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
    if (pairs === undefined)
      return new Refusal(
        typeof given === 'string' ? `not a list of variables: ${environmentFault(given)}` : recordFault(given),
      );
    const bad = Object.keys(pairs).find((name) => name === '' || /[=\0]/.test(name));
    return bad === undefined ? pairs : new Refusal(`${JSON.stringify(bad)} is not a name for a variable`);
  },
  toText: (value) => {
    const pairs = textRecord(value);
    return pairs && printEnvironmentText(pairs);
  },
  // Within quotes an expansion brings nothing but a part of a value, in a record as well.
  toNative: (text) => (/%/.test(text.replaceAll(/"[^"]*"|'[^']*'/g, '')) ? undefined : parseEnvironmentText(text)),
});

/** The name of the variable that is not a text. */
function recordFault(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const bad = Object.entries(given).find(([, value]) => typeof value !== 'string' && typeof value !== 'number');
  return bad === undefined
    ? undefined
    : `the variable ${JSON.stringify(bad[0])} is not a text; put its value in quotes`;
}

function textRecord(given: unknown): Record<string, string> | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const entries = Object.entries(given);
  if (!entries.every(([, value]) => typeof value === 'string' || typeof value === 'number')) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
