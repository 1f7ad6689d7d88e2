/**
 * How a plugin declares its options. The schema of an option is anything that implements the Standard Schema interface
 * (valibot, zod, arktype …), so the core depends on no schema library and a plugin may choose one.
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
  /** What would be valid, if the schema says so (valibot does): words separated by `, `, or a phrase. */
  readonly expected?: string | null | undefined;
}

/** When a changed value takes effect: at once, at the next start, or by a restart of the process. */
export type Change = 'live' | 'start' | 'restart';

/** One option of one section. */
export interface Option<Input = unknown, Output = Input> {
  /** Accepts the value both as typed configurations give it and as text in Supervisor's spelling. */
  readonly schema: Schema<Input, Output>;
  /** The value if none is given; `undefined` for none. */
  readonly default: Output;
  readonly change: Change;
  /** A section of this kind is refused if the option is missing. */
  readonly required?: boolean;
  /** Masked in errors, status and printed configurations. */
  readonly secret?: boolean;
  /** One sentence for the reference, editors and `--check`. */
  readonly description: string;
}

/** Checks rules between the options of one section, with defaults filled in. `given`: the names that the file sets. */
export type SectionCheck = (
  values: Readonly<Record<string, unknown>>,
  given: ReadonlySet<string>,
) => readonly SectionFault[];

/** A rule that a section breaks. */
export interface SectionFault {
  /** The option at fault; absent if the section as a whole is. */
  readonly option?: string;
  readonly message: string;
  /** Default `error`. */
  readonly severity?: 'error' | 'warning';
}

/** Options by name. */
export type OptionTable = Readonly<Record<string, Option<unknown, unknown>>>;

/** The values of a table: every option with its value or default. */
export type OptionValues<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends {
    readonly schema: Schema<infer _, infer Output>;
    readonly default: infer Default;
  }
    ? Output | Default
    : never;
};

/** The input of a table: every option, none required. */
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
 * Reads the values of a table from resolved options; absent ones get their default. Does not validate: a configuration
 * plugin has checked the values before they reach the core.
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
  // The one cast of the option tables: the type of each value is inferred from the schema that produced it.
  return values as OptionValues<Table>;
}
