import { decode } from 'ini';

import { quotedName, translate, unquote } from './translate.ts';
import type { LineProblem } from './translate.ts';

/** The sections of one file, by title in the order of the file. */
export interface ParsedConf {
  readonly sections: ReadonlyMap<string, ParsedSection>;
  /** `[DEFAULT]`: what every section has unless it says otherwise. */
  readonly defaults: ReadonlyMap<string, ParsedOption>;
  readonly problems: readonly LineProblem[];
}

interface ParsedSection {
  readonly line: number;
  /** The lines where it occurs again; it goes on there. */
  readonly again: readonly number[];
  readonly options: ReadonlyMap<string, ParsedOption>;
}

export interface ParsedOption {
  readonly value: string;
  readonly line: number;
}

const DEFAULTS = 'DEFAULT';

/** Reads the text of a supervisord.conf. Values are as written: nothing is expanded or converted. */
export function parseConf(text: string): ParsedConf {
  const translation = translate(text);
  const decoded = decode(translation.ini);
  const sections = new Map<string, ParsedSection>();
  for (const [title, { line, again, options }] of translation.sections) {
    const values: unknown = decoded[quotedName(title)];
    sections.set(title, { line, again, options: readOptions(values, options) });
  }
  const defaults = sections.get(DEFAULTS)?.options ?? new Map<string, ParsedOption>();
  sections.delete(DEFAULTS);
  return { sections, defaults, problems: translation.problems };
}

function readOptions(values: unknown, lines: ReadonlyMap<string, number>): Map<string, ParsedOption> {
  const options = new Map<string, ParsedOption>();
  for (const [name, line] of lines) {
    const value = valueOf(values, quotedName(name));
    options.set(name, { value: unquote(value), line });
  }
  return options;
}

function valueOf(values: unknown, name: string): string {
  const value: unknown = typeof values === 'object' && values !== null ? Reflect.get(values, name) : undefined;
  // Cannot happen: every option that has a line was written for `ini`.
  if (typeof value !== 'string') throw new Error(`option ${name} was lost on its way through the ini package`);
  return value;
}
