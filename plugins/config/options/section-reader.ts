import { expand } from '../../../core/index.ts';
import type { Schema, Scope } from '../../../core/index.ts';
import { asWritten, isDataFile } from '../native/data-file.ts';
import type { Context } from '../resolve/context.ts';
import type { OptionEntry, Section } from '../document.ts';
import { specOf } from '../option-types/option-type.ts';
import { pathNeedOf } from '../option-types/path-need.ts';
import { expandHome } from '../find/paths.ts';
import { newName } from './old-names.ts';
import { looseSeverity, type Reporter } from './reporter.ts';
import type { KnownOption } from './tables.ts';

/** Values of a section's options by name, defaults filled in. */
export type Values = Readonly<Record<string, unknown>>;

/** Reads the options of one section, for one process after the other where it makes several. */
export class SectionReader {
  readonly section: Section;
  readonly #context: Context;
  readonly #known: ReadonlyMap<string, KnownOption>;
  /** Values that are the same for every process, once they have been read. */
  readonly #constant = new Map<string, unknown>();

  constructor(section: Section, known: ReadonlyMap<string, KnownOption>, context: Context) {
    this.section = section;
    this.#known = known;
    this.#context = context;
  }

  isGiven(name: string): boolean {
    return this.section.options.has(name);
  }

  /** The names that the section gives, as far as they are known. */
  get given(): ReadonlySet<string> {
    return new Set([...this.section.options.keys()].filter((name) => this.#known.has(name)));
  }

  /** The value of one option with these scopes, or its default. What is wrong with it is reported once. */
  read(name: string, scopes: readonly Scope[]): unknown {
    if (this.#constant.has(name)) return this.#constant.get(name);
    const known = this.#known.get(name);
    const entry = this.section.options.get(name);
    const read = known === undefined || entry === undefined ? undefined : this.#readGiven(known, entry, scopes);
    const value = read === undefined ? known?.option.default : read.value;
    // A value that could not be read is not tried again for the next process: one report is enough.
    if (read === undefined || entry === undefined || !mayVary(entry.value)) this.#constant.set(name, value);
    return value;
  }

  #readGiven(
    known: KnownOption,
    entry: OptionEntry,
    scopes: readonly Scope[],
  ): { readonly value: unknown } | undefined {
    const { hereOf, reporter, scopes: outer } = this.#context;
    const read = readOption(this.section, known, entry, [...scopes, hereOf(entry.at), ...outer], reporter);
    return read === undefined ? undefined : { value: this.#placed(known, entry, read.value) };
  }

  /** Paths that have to exist are noted, and `~` in them is expanded. */
  #placed({ name, option }: KnownOption, entry: OptionEntry, value: unknown): unknown {
    const need = pathNeedOf(option.schema);
    const path = pathIn(value);
    if (need === undefined || path === undefined) return value;
    const { host, paths } = this.#context;
    const expanded = expandHome(concernsLog(value) ? this.#withSinglePercents(name, entry, path) : path, host.env);
    if (path !== 'syslog')
      paths.push({ path: expanded, need, at: entry.at, section: this.section.title, option: name });
    return typeof value === 'string' ? expanded : { ...(typeof value === 'object' ? value : {}), path: expanded };
  }

  /**
   * Supervisor expands the names of log files twice, so that a percent sign takes four in its files. Nobody wants two of them in a name: they
   * are what one expansion leaves of the four.
   */
  #withSinglePercents(name: string, entry: OptionEntry, path: string): string {
    if (!path.includes('%%')) return path;
    const message = '%%%% is read as one percent sign, as Supervisor does; %% suffices';
    this.#context.reporter.value(this.section, name, entry, false, message, { severity: 'warning' });
    return path.replaceAll('%%', '%');
  }

  /** All options that concern `concern`, each with its value. */
  readAll(concern: KnownOption['concern'], scopes: readonly Scope[]): Values {
    const names = [...this.#known.values()].filter((known) => known.concern === concern).map(({ name }) => name);
    return Object.fromEntries(names.map((name) => [name, this.read(name, scopes)]));
  }

  /** Unknown names, options that are missing, and rules between options. */
  check(values: Values): void {
    this.#checkRequired();
    const given = this.given;
    for (const check of this.#context.tables.checksOf(this.section.kind)) {
      for (const { option, message, severity = 'error' } of check(values, given)) {
        if (option === undefined) this.#context.reporter.section(this.section, message, { severity });
        else this.#context.reporter.option(this.section, option, message, { severity });
      }
    }
  }

  checkNames(): void {
    const { reporter, tables } = this.#context;
    for (const [name, { isDefault = false }] of this.section.options) {
      if (this.#known.has(name)) continue;
      if (isDefault) {
        this.#checkDefault(name);
        continue;
      }
      const owner = tables.disabledOwner(this.section.kind, name);
      if (owner === undefined) {
        const severity = looseSeverity(this.section);
        const kind = tables.programKinds.has(this.section.kind) ? 'program' : this.section.kind;
        const details = { severity, typo: name, known: this.#known.keys(), nearest: newName(kind, name) };
        reporter.option(this.section, name, `unknown option${severity === 'warning' ? ', ignored' : ''}`, details);
      } else {
        reporter.option(this.section, name, `belongs to plugin ${owner}, which is not enabled; add it to plugins`);
      }
    }
  }

  /** An option of `[DEFAULT]` is meant for the sections that know it. */
  #checkDefault(name: string): void {
    const { reporter, tables } = this.#context;
    const known = new Set(tables.kinds.flatMap((kind) => [...(tables.optionsOf(kind)?.keys() ?? [])]));
    if (known.has(name)) return;
    const message = 'no section has such an option; ignored';
    reporter.option({ ...this.section, title: 'DEFAULT' }, name, message, { severity: 'warning', typo: name, known });
  }

  #checkRequired(): void {
    for (const { name, option } of this.#known.values()) {
      if (option.required === true && !this.isGiven(name))
        this.#context.reporter.option(this.section, name, `missing: ${option.description}`);
    }
  }
}

/** Whether the value is that of a program's log, not a path that is always one. */
function concernsLog(value: unknown): boolean {
  return typeof value === 'object';
}

/** The path in the value of a path's or log's option. */
function pathIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const path = typeof value === 'object' && value !== null && 'path' in value ? value.path : undefined;
  return typeof path === 'string' ? path : undefined;
}

/** The value of one option: expanded, then parsed by its schema; `undefined` where that fails, which is then reported. */
function readOption(
  section: Section,
  { name, option }: KnownOption,
  entry: OptionEntry,
  scopes: readonly Scope[],
  reporter: Reporter,
): { readonly value: unknown } | undefined {
  const isSecret = option.secret === true;
  const expanded = expandValue(entry.value, scopes);
  if ('fault' in expanded) {
    const { fault } = expanded;
    if (fault.kind === 'malformed') {
      reporter.value(section, name, entry, isSecret, fault.reason);
    } else {
      const what = isSecret && !fault.name.startsWith('ENV_') ? 'a name in it' : `%(${fault.name})s`;
      reporter.value(section, name, entry, isSecret, `${what} cannot be expanded`, {
        allowed: describeNames(fault.known),
        typo: fault.name,
        known: fault.known,
      });
    }
    return undefined;
  }
  return parseValue(section, { name, option }, { ...entry, value: expanded.value }, entry, reporter);
}

function parseValue(
  section: Section,
  { name, option }: Pick<KnownOption, 'name' | 'option'>,
  expanded: OptionEntry,
  written: OptionEntry,
  reporter: Reporter,
): { readonly value: unknown } | undefined {
  const instead = specOf(option.schema)?.insteadOfNumber;
  if (instead !== undefined && typeof written.value === 'number' && isDataFile(written.at.file)) {
    reporter.value(section, name, written, false, 'a decimal number, which is not meant here', { allowed: instead });
    return undefined;
  }
  const result = validate(option.schema, expanded.value, isDataFile(written.at.file));
  if (result instanceof Promise)
    throw new TypeError(`the schema of option ${name} is asynchronous; options are read at once`);
  if (result.issues === undefined) {
    const fault = typeof expanded.value === 'string' ? specOf(option.schema)?.faultOf?.(expanded.value) : undefined;
    const details = { severity: 'warning', fails: true } as const;
    if (fault !== undefined) reporter.value(section, name, written, option.secret === true, fault, details);
    return result;
  }
  const empty =
    section.format === 'supervisord.conf' && expanded.value === '' ? specOf(option.schema)?.empty : undefined;
  if (empty !== undefined) {
    reporter.value(section, name, written, option.secret === true, `empty: ${empty.means}`, {
      severity: 'warning',
      fails: true,
    });
    return empty;
  }
  const [issue] = result.issues;
  const allowed = issue?.expected ?? undefined;
  reporter.value(section, name, written, option.secret === true, issue?.message ?? 'not valid', {
    allowed,
    typo: typeof expanded.value === 'string' ? expanded.value : '',
    known: allowed === undefined ? [] : allowed.split(', '),
  });
  return undefined;
}

/** In data nobody quotes a name of digits: where a value does not fit, the text that it was written as may. */
function validate({ '~standard': schema }: Schema, value: unknown, isData: boolean) {
  const result = schema.validate(value);
  if (!isData || result instanceof Promise || result.issues === undefined) return result;
  const texts = schema.validate(asWritten(value));
  // A number that was refused as one (below 0) stays refused.
  const isText = !(texts instanceof Promise) && texts.issues === undefined && typeof texts.value !== 'number';
  return isText ? texts : result;
}

type Fault = Exclude<ReturnType<typeof expand>, { kind: 'text' }>;

/** Expands a text, or the texts in an array or record; anything else is as it is. */
function expandValue(
  value: unknown,
  scopes: readonly Scope[],
): { readonly value: unknown } | { readonly fault: Fault } {
  if (typeof value === 'string') {
    const expanded = expand(value, scopes);
    return expanded.kind === 'text' ? { value: expanded.text } : { fault: expanded };
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => expandValue(item, scopes));
    const fault = items.find((item) => 'fault' in item);
    return fault ?? { value: items.map((item) => ('value' in item ? item.value : undefined)) };
  }
  if (!isPlainRecord(value)) return { value };
  const entries = Object.entries(value).map(([key, item]) => [key, expandValue(item, scopes)] as const);
  for (const [, item] of entries) {
    if ('fault' in item) return item;
  }
  return { value: Object.fromEntries(entries.map(([key, item]) => [key, 'value' in item ? item.value : undefined])) };
}

function isPlainRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/** The environment is long, and its names may tell more than an error should. */
function describeNames(names: readonly string[]): string {
  const own = names.filter((name) => !name.startsWith('ENV_')).toSorted();
  return [...own, 'ENV_ and a variable of the environment'].join(', ');
}

/** Whether the value may be another one for another process. */
function mayVary(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('%');
  return typeof value === 'object' && value !== null && Object.values(value).some(mayVary);
}
