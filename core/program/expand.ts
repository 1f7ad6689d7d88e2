/**
 * `%(name)s` expansions: Python's %-formatting of a text with a mapping, as Supervisor uses it. After `%` come
 *
 *     (name)   the value to insert; parentheses may nest
 *     flags    any of `-` (left), `0` (pad with zeros), `+` and blank (sign), `#` (prefix of o, x, X)
 *     width    at least that many characters
 *     .digits  for a text at most that many characters, for a number at least that many digits
 *     type     s: as text; d, i, u: decimal; o: octal; x, X: hexadecimal; c: one character
 *
 * and `%%` is a percent sign. Only process_num and numprocs are numbers; texts take `s` alone. Where Python would
 * insert the whole mapping (`%s` without a name) this is an error: nobody wants that.
 */

import { hasRawBytes } from '../spawn/bytes.ts';

/** The values that an expansion may insert, by name. Of several scopes, the first one that has the name is used. */
export type Scope = ReadonlyMap<string, string | number>;

export type Expanded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unknownName'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'malformed'; readonly reason: string };

export function expand(template: string, scopes: readonly Scope[]): Expanded {
  if (!template.includes('%')) return { kind: 'text', text: template };
  const parts: string[] = [];
  let at = 0;
  for (let percent = template.indexOf('%'); percent !== -1; percent = template.indexOf('%', at)) {
    parts.push(template.slice(at, percent));
    const expansion = readExpansion(template, percent + 1);
    if (typeof expansion === 'string') return { kind: 'malformed', reason: expansion };
    const inserted = insert(expansion, scopes);
    if (inserted.kind !== 'text') return inserted;
    parts.push(inserted.text);
    at = expansion.end;
  }
  parts.push(template.slice(at));
  return { kind: 'text', text: parts.join('') };
}

interface Expansion {
  readonly name: string | undefined;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
  /** The index after it. */
  readonly end: number;
}

// Widths with more digits would only fill the memory.
const FORMAT = /(?<flags>[-+ #0]*)(?<width>\d{0,4})(?:\.(?<precision>\d{0,4}))?[hlL]?(?<type>[^])?/uy;

/** Reads what follows the percent sign at `start`; returns the reason if it cannot be read. */
function readExpansion(template: string, start: number): Expansion | string {
  const nameEnd = template[start] === '(' ? closingParenthesis(template, start) : start;
  if (nameEnd === undefined) return 'a ")" is missing after "%("; a percent sign itself is written %%';
  FORMAT.lastIndex = nameEnd;
  const { flags = '', width = '', precision, type } = FORMAT.exec(template)?.groups ?? {};
  if (type === undefined) return 'the text ends within an expansion; a percent sign itself is written %%';
  const name = nameEnd === start ? undefined : template.slice(start + 1, nameEnd - 1);
  if (name === undefined && type !== '%') return `"%${type}" is no expansion; a percent sign itself is written %%`;
  return {
    name,
    flags,
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    type,
    end: FORMAT.lastIndex,
  };
}

/** The index after the parenthesis that closes the one at `start`. */
function closingParenthesis(template: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < template.length; at++) {
    if (template[at] === '(') depth++;
    if (template[at] === ')' && --depth === 0) return at + 1;
  }
  return undefined;
}

function insert(expansion: Expansion, scopes: readonly Scope[]): Expanded {
  const { name, type } = expansion;
  if (name === undefined) return { kind: 'text', text: '%' };
  const value = scopes.find((scope) => scope.has(name))?.get(name);
  if (value === undefined)
    return { kind: 'unknownName', name, known: [...new Set(scopes.flatMap((scope) => [...scope.keys()]))] };
  if (typeof value === 'string' && hasRawBytes(value)) {
    return { kind: 'malformed', reason: `${name} holds bytes that are not UTF-8, which a configuration cannot carry` };
  }
  const text = type === 's' ? String(value).slice(0, expansion.precision) : formatNumber(value, expansion);
  if (text === undefined) return { kind: 'malformed', reason: `"${type}" cannot format ${name}; write %(${name})s` };
  return { kind: 'text', text: pad(text, expansion) };
}

const RADIX = new Map([
  ['d', 10],
  ['i', 10],
  ['u', 10],
  ['o', 8],
  ['x', 16],
  ['X', 16],
]);

function formatNumber(value: string | number, { type, flags, precision = 0 }: Expansion): string | undefined {
  if (type === 'c') return charOf(value);
  const radix = RADIX.get(type);
  if (radix === undefined || typeof value === 'string') return undefined;
  const prefix = flags.includes('#') && radix !== 10 ? (radix === 8 ? '0o' : '0x') : '';
  const digits = prefix + Math.abs(value).toString(radix).padStart(precision, '0');
  return signOf(value, flags) + (type === 'X' ? digits.toUpperCase() : digits);
}

function signOf(value: number, flags: string): string {
  if (value < 0) return '-';
  if (flags.includes('+')) return '+';
  return flags.includes(' ') ? ' ' : '';
}

function charOf(value: string | number): string | undefined {
  if (typeof value === 'string') return /^[^]$/u.test(value) ? value : undefined;
  return value >= 0 && value <= 0x10_ff_ff ? String.fromCodePoint(value) : undefined;
}

function pad(text: string, { flags, width, type }: Expansion): string {
  if (text.length >= width) return text;
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || !RADIX.has(type)) return text.padStart(width);
  // Zeros go between the sign or prefix and the digits.
  const [lead = ''] = /^[-+ ]?(?:0[ox](?=[\da-f]))?/i.exec(text) ?? [];
  return lead + text.slice(lead.length).padStart(width - lead.length, '0');
}
