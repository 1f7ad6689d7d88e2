import type { SupervisorConfig, UserIdentity } from './config.ts';
import type { OptionTable, SectionCheck } from './option.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * What a plugin says of its part of a configuration. Reading, checking, printing and converting a configuration need nothing else of a
 * plugin, and call none of its hooks. Functions here are pure: they open nothing and remember nothing.
 */
export interface Declaration {
  /** kebab-case; names the plugin in errors, and the tap in hooks. */
  readonly name: string;
  /**
   * Options that become known when this plugin is enabled, by the kind of section they may stand in (`program`, `group`,
   * `eventlistener`, `supervisord`, `unix_http_server`, …). A value of the type `owner` or `userName` is looked up on the machine; in one of
   * the types of paths `~` is expanded, and a check of the machine looks at what it needs.
   */
  readonly sections?: Readonly<Record<string, OptionTable>>;
  /** Rules between the options of one section, by its kind. They are checked with the configuration, before anything starts. */
  readonly checks?: Readonly<Record<string, SectionCheck>>;
  /** Kinds of sections that make programs, as `[program:x]` does. The options of the kind's own are in `sections`. */
  readonly programKinds?: Readonly<Record<string, ProgramKind>>;
  /**
   * What the sections of this plugin become in `SupervisorConfig.sections`. Left out: each becomes its values, by its title. Of
   * `supervisord`, which plugins share, the result holds only what replaces the values that were read.
   */
  readonly resolve?: (sections: readonly ReadSection[], host: ResolveHost) => Resolution;
  /** Entries of what `tsvd --check --json` prints, made from a whole configuration. */
  readonly print?: (config: SupervisorConfig) => Values;
}

/** A kind of sections that make programs: they have the options of `[program:x]`, and those of the kind, which concern the group. */
export interface ProgramKind {
  /** The key of a typed configuration that holds them by name: `fcgi_programs`. */
  readonly key: string;
  /** The `kind` of the groups that they make. */
  readonly group: string;
  /** Priority of such a group where the section gives none. Left out: that of a program. */
  readonly priority?: number;
  /** What is different for one that is a member of a `[group:x]`; a warning says it behind the name. Left out: it cannot be a member. */
  readonly asMember?: string;
  /** The options of the group, from those of the section. Left out: the same. */
  readonly resolve?: (
    values: Values,
    program: { readonly user: UserIdentity | undefined; readonly uid: number },
  ) => Values;
  /** The options of the group as `tsvd --check --json` prints them. Left out: as they are. */
  readonly print?: (options: Values) => Values;
}

/** A section that was read and checked. */
export interface ReadSection {
  readonly kind: string;
  /** With the name, if it has one: `unix_http_server:admin`. */
  readonly title: string;
  readonly format: 'supervisord.conf' | 'native';
  /** Every option of the kind, with its value or default. */
  readonly values: Values;
  /** The options that the file names. */
  readonly given: ReadonlySet<string>;
}

/** What sections are resolved against. */
export interface ResolveHost {
  /** Of the file that the configuration begins with. */
  readonly format: 'supervisord.conf' | 'native';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the daemon of a user who is not root keeps what a native configuration does not place; absent for root. */
  readonly folders?: { readonly runtime: string; readonly state: string } | undefined;
  /** The absolute path: `~` is expanded, and a relative path starts at the working directory of the daemon. */
  readonly absolute: (path: string) => string;
}

export interface Resolution {
  /** Values by section. */
  readonly sections: Readonly<Record<string, Values>>;
  /** Becomes `SupervisorConfig.serverurl`. */
  readonly serverurl?: string | undefined;
  /** Folders that the plugin writes into. Those of {@link ResolveHost.folders} among them are made before the daemon starts. */
  readonly folders?: readonly string[];
}
