import { isDeepStrictEqual } from 'node:util';

import * as v from 'valibot';

import { noteCopy, type Schema } from '../../../core/index.ts';

// What is known about a schema is kept by this copy.
noteCopy(import.meta.url);

/**
 * How the type of an option is made: one function that turns what was given, natively or as Supervisor's text, into the
 * one form that the program works with, and the words that say what is allowed.
 */
export interface OptionTypeSpec<Output> {
  /** Completes "not …": `a boolean`. */
  readonly is: string;
  /** What may be written: words separated by `, ` where they can be listed (the nearest one is then suggested), else a phrase. */
  readonly allowed: string;
  /** JSON Schema of what may be written in JSON or YAML, for editors. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly parse: (given: unknown) => Output | Refusal;
  /** In JSON and YAML a number is decimal. What it would have to be instead, where nobody means that. */
  readonly insteadOfNumber?: string;
  /** What an empty text in a supervisord.conf is, where Supervisor takes it and `parse` does not. A program that cannot run then fails alone. */
  readonly empty?: { readonly value: Output; readonly means: string };
  /** What is wrong with a text that is taken all the same, as Supervisor takes it. The check of a configuration fails on it. */
  readonly faultOf?: (text: string) => string | undefined;
  /** What supervisord.conf says for a value that is given natively, or for a default. Left out: the value as a text. */
  readonly toText?: (value: unknown) => string | undefined;
  /** What a typed configuration best says for a text of supervisord.conf, expansions and all. Left out: the text. */
  readonly toNative?: (text: string) => unknown;
}

/** A value that is not of the type; `message` replaces "not …" where more can be said. */
export class Refusal {
  readonly message: string | undefined;

  constructor(message?: string) {
    this.message = message;
  }
}

/**
 * A text that contains a `%(name)s` expansion: what it stands for is known only when the file is read, so it is allowed
 * wherever a value is.
 */
type Expandable = `${string}%(${string}`;

/** The schema of one type of option. */
export type OptionType<Input, Output> = Schema<Input | Expandable, Output>;

/** A schema for one type of option. `Input` is what an editor offers and the compiler accepts. */
export function optionType<Input, Output>(spec: OptionTypeSpec<Output>): OptionType<Input, Output> {
  const schema = v.pipe(
    v.custom<Input | Expandable>((given) => given !== undefined, `not ${spec.is}`),
    v.rawTransform<Input | Expandable, Output>(({ dataset, addIssue, NEVER }) => {
      const parsed = spec.parse(dataset.value);
      if (!(parsed instanceof Refusal)) return parsed;
      addIssue({ message: parsed.message ?? `not ${spec.is}`, expected: spec.allowed });
      return NEVER;
    }),
  );
  SPECS.set(schema, spec);
  return schema;
}

const SPECS = new WeakMap<object, OptionTypeSpec<unknown>>();

/** What a schema was made of by {@link optionType}; undefined for schemas of other libraries. */
export function specOf(schema: object): OptionTypeSpec<unknown> | undefined {
  return SPECS.get(schema);
}

/** The spelling of a value in supervisord.conf, of an array as a list with commas; undefined where it has none. */
export function textOf(schema: object, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const spec = specOf(schema);
  if (spec?.toText !== undefined) return spec.toText(value) ?? scalarText(value);
  return Array.isArray(value) ? listText(value) : scalarText(value);
}

/** Undefined where a comma within a word, or a blank at its ends, would not come back. */
function listText(words: readonly unknown[]): string | undefined {
  const isLost = (word: unknown) => scalarText(word) === undefined && !/^(?!\s)[^,]+(?<!\s)$/.test(String(word));
  return words.some(isLost) ? undefined : words.join(',');
}

function scalarText(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/**
 * The spelling of a text of supervisord.conf in a typed configuration: of the same meaning, or the text itself. Expansions stay, as they are
 * for the machine that reads them.
 */
export function nativeOf(schema: Schema, text: string): unknown {
  const native = specOf(schema)?.toNative?.(text);
  return native !== undefined && isSame(schema, native, text) ? native : text;
}

/** Whether two ways to write a value are accepted, and as the same value. */
export function isSame(schema: Schema, one: unknown, other: unknown): boolean {
  const [left, right] = [schema['~standard'].validate(one), schema['~standard'].validate(other)];
  const areValid = !(left instanceof Promise || right instanceof Promise || left.issues || right.issues);
  return areValid && isDeepStrictEqual(left.value, right.value);
}
