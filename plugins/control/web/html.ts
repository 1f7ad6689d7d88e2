import { positionsOf, type Position } from './html-positions.ts';

/**
 * Safe markup. Only the `html` template creates it, so it comes from our own sources, with everything else escaped. The
 * private field prevents other objects from being used as markup.
 */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Html = Markup;

/** The values of a template. Text is escaped; `undefined` is empty; a list is concatenated. */
export type Part = Html | string | number | undefined | readonly Part[];

/**
 * Markup from a template: ``html`<td title="${name}">${text}</td>` ``. Every value is escaped, unless it is itself made
 * by this function; there is no other way to make markup, and none to leave the escaping out.
 *
 * Values may stand in text and in quoted attributes. Anywhere else escaping would not be enough, and the template
 * throws at its first use, whatever the values are: html-positions.ts.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Html {
  const positions = checked(parts);
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) {
    text += positions[index] === 'text' ? escapedText(value) : attributeOf(value);
    text += parts[index + 1] ?? '';
  }
  return new Markup(text);
}

/** Text as text, wherever it stands. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** `processname=grp%3Am&action=stop`: the query of an address, for an attribute. What is `undefined` is left out. */
export function query(fields: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeText(String(value))}`]))
    .join('&');
}

/** Percent-encodes whatever it is given: encodeURIComponent throws at half of a surrogate pair. */
export function encodeText(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapedText(value: Part): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.toString();
  return isList(value) ? value.map(escapedText).join('') : escape(String(value));
}

/** Markup is safe in text only: in an attribute its quotes would end the value. */
function attributeOf(value: Part): string {
  if (value instanceof Markup || isList(value)) throw new TypeError('markup cannot stand in an attribute');
  return value === undefined ? '' : escape(String(value));
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isList(value: Part): value is readonly Part[] {
  return Array.isArray(value);
}

/** By template: JavaScript hands the same array to every evaluation of one, so each is checked once. */
const positions = new WeakMap<TemplateStringsArray, readonly Position[]>();

function checked(parts: TemplateStringsArray): readonly Position[] {
  const known = positions.get(parts);
  if (known !== undefined) return known;
  const found = positionsOf(parts);
  positions.set(parts, found);
  return found;
}
