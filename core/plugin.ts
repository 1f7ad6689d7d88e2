import type { OptionTable, SectionCheck } from './option.ts';
import type { Supervisor } from './supervisor.ts';

/**
 * Something that adds behaviour to a supervisor: it taps hooks, which decide, rewrite or do work in order; listens to events,
 * which inform; and provides or uses services. The constructor checks and remembers its own options and opens nothing; `apply`
 * taps, listens, provides and returns at once; listening, opening and spawning happen in the `start`
 * hook and end in `shutdown`. The same plugin object may be applied to several supervisors.
 */
export interface Plugin {
  /** kebab-case; names the plugin in errors, and the tap in hooks. */
  readonly name: string;
  /**
   * Options that become known when this plugin is enabled, by the kind of section they may stand in (`program`, `group`,
   * `eventlistener`, `supervisord`, `unix_http_server`, …).
   */
  readonly sections?: Readonly<Record<string, OptionTable>>;
  /** Rules between the options of one section, by its kind. They are checked with the configuration, before anything starts. */
  readonly checks?: Readonly<Record<string, SectionCheck>>;
  apply(supervisor: Supervisor): void;
}
