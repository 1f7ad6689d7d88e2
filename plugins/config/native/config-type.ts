import type { OptionTable, Plugin, Schema } from '../../../core/index.ts';
import type { groupOptions, programOptions, supervisorctlOptions, supervisordOptions } from '../options/tables.ts';

/** What may be written into a `tsv.config.ts`. Options have Supervisor's names. */
export type Config<Plugins extends readonly Plugin[]> = {
  /** The address of a JSON Schema, in a file that a program writes. */
  readonly $schema?: string;
  /** What is to run besides the core, in any order. Left out: everything that ships. */
  readonly plugins?: Plugins;
  /** The daemon itself. */
  readonly supervisord?: SupervisordOptions<Plugins>;
  /** Programs by name. */
  readonly programs?: Readonly<Record<string, ProgramOptions<Plugins>>>;
  /** Groups of programs, by name. */
  readonly groups?: Readonly<Record<string, GroupOptions<Plugins>>>;
  /** The client's own settings. */
  readonly supervisorctl?: SupervisorctlOptions;
  /** Methods under `/RPC2`, by name; options as for the factory that is named. */
  readonly rpcinterfaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Patterns of further files, in any format, against the folder of this one. */
  readonly include?: string | readonly string[];
} & {
  /** Programs of the kinds that plugins bring, by name. */
  readonly [Kind in ProgramKindsOf<Plugins> as Kind['key']]?: Readonly<
    Record<string, SpecialProgramOptions<Plugins, Kind['kind']>>
  >;
} & {
  /** Sections that plugins bring: one, or an array of several. */
  readonly [Kind in OwnKindsOf<Plugins>]?: SectionOptions<Plugins, Kind> | readonly SectionOptions<Plugins, Kind>[];
} & {
  /** One of several that has a name. */
  readonly [Kind in OwnKindsOf<Plugins> as `${Kind}:${string}`]?: SectionOptions<Plugins, Kind>;
};

// Each is a mapped type of its own, and not an alias of a shared one: the compiler prints the name of the type that maps, so that an error
// about a misspelled option says `ProgramOptions<…>` instead of all options there are. Mapped at all, so that an editor lists the options.

/** What may be written for a program. */
type ProgramOptions<Plugins extends readonly Plugin[]> = {
  [Name in keyof Given<typeof programOptions, TablesOf<Plugins, 'program'>>]: Given<
    typeof programOptions,
    TablesOf<Plugins, 'program'>
  >[Name];
};

/** What may be written for a program of a special kind. */
type SpecialProgramOptions<Plugins extends readonly Plugin[], Kind extends string> = {
  [Name in keyof Given<typeof programOptions, TablesOf<Plugins, 'program' | Kind>>]: Given<
    typeof programOptions,
    TablesOf<Plugins, 'program' | Kind>
  >[Name];
};

/** What may be written for a group. */
type GroupOptions<Plugins extends readonly Plugin[]> = {
  [Name in keyof Given<typeof groupOptions, TablesOf<Plugins, 'group'>>]: Given<
    typeof groupOptions,
    TablesOf<Plugins, 'group'>
  >[Name];
};

/** What may be written for the daemon. */
type SupervisordOptions<Plugins extends readonly Plugin[]> = {
  [Name in keyof Given<typeof supervisordOptions, TablesOf<Plugins, 'supervisord'>>]: Given<
    typeof supervisordOptions,
    TablesOf<Plugins, 'supervisord'>
  >[Name];
};

/** What may be written for the client. */
type SupervisorctlOptions = {
  [Name in keyof Inputs<typeof supervisorctlOptions>]: Inputs<typeof supervisorctlOptions>[Name];
};

/** What may be written for a section that plugins bring. */
type SectionOptions<Plugins extends readonly Plugin[], Kind extends string> = {
  [Name in keyof Inputs<TablesOf<Plugins, Kind>>]: Inputs<TablesOf<Plugins, Kind>>[Name];
};

/** Kinds of sections that stand under a key of that name. */
type OwnKindsOf<Plugins extends readonly Plugin[]> = Exclude<
  KindsOf<Plugins>,
  'program' | 'group' | 'supervisord' | 'supervisorctl' | ProgramKindsOf<Plugins>['kind']
>;

/** Kinds of programs that plugins bring, each with the key that it stands under. */
type ProgramKindsOf<Plugins extends readonly Plugin[]> = ProgramKindsIn<Plugins[number]>;

type ProgramKindsIn<Enabled> = Enabled extends { readonly programKinds: infer Kinds }
  ? {
      [Kind in KnownKeys<Kinds>]: { readonly kind: Kind; readonly key: KeyOf<Kinds[Kind & keyof Kinds]> };
    }[KnownKeys<Kinds>]
  : never;

type KeyOf<Kind> = Kind extends { readonly key: infer Key extends string } ? Key : never;

type SectionsOf<Plugins extends readonly Plugin[]> = SectionsIn<Plugins[number]>;

type SectionsIn<Enabled> = Enabled extends { readonly sections: infer Sections } ? Sections : never;

/** Of a union of records of tables, all keys that occur. A plugin typed as `Plugin` alone names none. */
type KindsOf<Plugins extends readonly Plugin[]> = KnownKeys<SectionsOf<Plugins>>;

type KnownKeys<Sections> = Sections extends unknown
  ? string extends keyof Sections
    ? never
    : keyof Sections & string
  : never;

/** The tables for a kind of section, as a union. */
type TablesOf<Plugins extends readonly Plugin[], Kind extends string> = TableIn<SectionsOf<Plugins>, Kind>;

type TableIn<Sections, Kind extends string> = Sections extends unknown
  ? string extends keyof Sections
    ? never
    : Sections[Kind & keyof Sections]
  : never;

/** Of a table of the core and a union of tables of plugins. */
type Given<Core, Tables> = Inputs<Core> & Inputs<Tables>;

/** The union's inputs, all at once. */
type Inputs<Tables> = [Tables] extends [never]
  ? unknown
  : Intersection<Tables extends OptionTable ? TableInputs<Tables> : unknown>;

type TableInputs<Table> = {
  readonly [Name in keyof Table as IsRequired<Table[Name]> extends true ? Name : never]: InputOf<Table[Name]>;
} & {
  readonly [Name in keyof Table as IsRequired<Table[Name]> extends true ? never : Name]?:
    | InputOf<Table[Name]>
    | undefined;
};

type IsRequired<Option> = Option extends { readonly required: true } ? true : false;

type InputOf<Option> = Option extends { readonly schema: Schema<infer Input, infer _> } ? Input : never;

type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  member: infer Members,
) => void
  ? Members
  : never;
