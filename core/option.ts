/**
 * How a plugin declares the options it understands. The schema of an option is anything that implements the Standard
 * Schema interface (valibot, zod, arktype …), so that the core depends on no schema library and a plugin may choose.
 */

/** The part of the Standard Schema specification (standardschema.dev, version 1) that is used here. */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Why a value is refused. */
export interface SchemaIssue {
  readonly message: string;
  /** What would be right, where the schema says so (valibot does): words separated by `, `, or a phrase. */
  readonly expected?: string | null | undefined;
}

/** What it takes until a changed value is in effect: at once, at the next start, or a restart of the process. */
export type Change = 'live' | 'start' | 'restart';

/** One option of one section. */
export interface Option<Input = unknown, Output = Input> {
  /** Accepts the value as a typed configuration gives it and as text in Supervisor's spelling. */
  readonly schema: Schema<Input, Output>;
  /** In effect where nothing is given; `undefined` where there is none. */
  readonly default: Output;
  readonly change: Change;
  /** A section of this kind without it is refused. */
  readonly required?: boolean;
  /** Never shown: not in an error, a status or a printed configuration. */
  readonly secret?: boolean;
  /** One sentence for people: reference, editor, `--check`. */
  readonly description: string;
}

/**
 * What no single option can tell: rules between the options of one section, over its values with defaults filled in.
 * `given` says which of them the file names.
 */
export type SectionCheck = (
  values: Readonly<Record<string, unknown>>,
  given: ReadonlySet<string>,
) => readonly SectionFault[];

/** A rule that a section breaks. */
export interface SectionFault {
  /** The option to point at; the section as a whole where it is absent. */
  readonly option?: string;
  readonly message: string;
  /** Default `error`. */
  readonly severity?: 'error' | 'warning';
}

/** Options by name. */
export type OptionTable = Readonly<Record<string, Option<unknown, unknown>>>;

/** What a table yields: every option with its value or default. */
export type OptionValues<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends {
    readonly schema: Schema<infer _, infer Output>;
    readonly default: infer Default;
  }
    ? Output | Default
    : never;
};

/** What may be written for a table: every option, none required. */
export type OptionInputs<Table> = {
  readonly [Name in keyof Table]?: Table[Name] extends { readonly schema: Schema<infer Input, infer _> }
    ? Input | undefined
    : never;
};

/** Keeps the precise types of a table and checks its form. */
export function defineOptions<const Table extends OptionTable>(table: Table): Table {
  return Object.freeze(table);
}

/**
 * The values of a table among already resolved options: what is absent takes its default. A configuration plugin has
 * checked them before they reach the core, so this reads and does not validate.
 */
export function readOptions<Table extends OptionTable>(
  options: Readonly<Record<string, unknown>>,
  table: Table,
): OptionValues<Table> {
  const values = Object.fromEntries(
    Object.entries(table).map(([name, option]) => [
      name,
      Object.hasOwn(options, name) ? options[name] : option.default,
    ]),
  );
  // The one cast of the option tables: each value came out of the schema that its type is inferred from.
  return values as OptionValues<Table>;
}
