import type { Scanner } from './scanner.ts';
import type { XmlRpcValue } from './value.ts';

/**
 * The value of a scalar element from its name and text; white space around numbers and dates is ignored, as in Python.
 */
export function parseScalar(type: string, text: string, scanner: Scanner): XmlRpcValue {
  const read = SCALARS.get(type);
  if (read === undefined) return scanner.fail(`unknown type <${type}>`);
  const value = read(text);
  return value === undefined ? scanner.fail(`${JSON.stringify(text.slice(0, 40))} is not a valid <${type}>`) : value;
}

type Read = (text: string) => XmlRpcValue | undefined;

const SCALARS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['string', (text) => text],
  ['int', parseInteger],
  ['i1', parseInteger],
  ['i2', parseInteger],
  ['i4', parseInteger],
  ['i8', parseInteger],
  ['boolean', (text) => (text === '1' ? true : text === '0' ? false : undefined)],
  ['double', parseDouble],
  ['float', parseDouble],
  ['nil', (text) => (text.trim() === '' ? null : undefined)],
  ['base64', parseBytes],
  ['dateTime.iso8601', parseDate],
]);

/** An integer that a JavaScript number would round is refused, not rounded. */
function parseInteger(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?\d+$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}

function parseDouble(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed);
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (word === null) return undefined;
  if (word[2]?.toLowerCase() === 'nan') return NaN;
  return word[1] === '-' ? -Infinity : Infinity;
}

function parseBytes(text: string): Uint8Array | undefined {
  const packed = text.replace(/[ \t\r\n]+/g, '');
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined;
  return new Uint8Array(Buffer.from(packed, 'base64'));
}

/** `20261122T16:30:00`, taken for UTC; the dashes of the longer ISO form are accepted, other zones are not. */
function parseDate(text: string): Date | undefined {
  const parts = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):(\d\d):(\d\d)Z?$/.exec(text.trim());
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const date = new Date(iso);
  // A date like 31 February becomes a day in March or an invalid date; neither is what was written.
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso ? date : undefined;
}
