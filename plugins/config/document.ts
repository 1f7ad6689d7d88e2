import type { Problem } from './problem.ts';

/** A configuration as it was written, whatever the format: sections with options, each with the place where it stands. */
export interface Document {
  /** The file it begins with, absolute. */
  readonly file: string;
  /**
   * `supervisord.conf` is judged as Supervisor does: unknown names are warnings, and what occurs twice is merged. In `native` formats both
   * are errors.
   */
  readonly format: 'supervisord.conf' | 'native';
  readonly sections: readonly Section[];
  /** Files that were read besides, in order. */
  readonly included: readonly string[];
  /** What is wrong already; the sections hold whatever could be read. */
  readonly problems: readonly Problem[];
}

/** Where something stands. */
export interface Place {
  /** Absolute, or words like `command line`. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  /** In a native configuration: `programs.web.command`. */
  readonly path?: string;
}

/** One section: `[program:web]` has the kind `program` and the name `web`. */
export interface Section {
  /** As written, without brackets. */
  readonly title: string;
  readonly kind: string;
  readonly name: string | undefined;
  /** The rules that it is judged by; a native configuration may include a supervisord.conf. */
  readonly format: Document['format'];
  readonly at: Place;
  /** By name, in the order of the file. */
  readonly options: ReadonlyMap<string, OptionEntry>;
}

export interface OptionEntry {
  /** A text in supervisord.conf, anything in a native configuration. */
  readonly value: unknown;
  readonly at: Place;
  /** It stands in `[DEFAULT]`, which gives it to every section, of whatever kind. */
  readonly isDefault?: true;
}
