import { expand } from '../../../core/index.ts';
import type { Schema, Scope } from '../../../core/index.ts';
import { asWritten, isDataFile } from '../native/data-file.ts';
import type { OptionEntry, Section } from '../document.ts';
import { specOf } from '../option-types/option-type.ts';
import type { Reporter } from './reporter.ts';
import type { KnownOption } from './tables.ts';

/** The value of one option: expanded, then parsed by its schema; `undefined` where that fails, which is then reported. */
export function readOption(
  section: Section,
  { name, option }: KnownOption,
  entry: OptionEntry,
  scopes: readonly Scope[] | 'literal',
  reporter: Reporter,
): { readonly value: unknown } | undefined {
  const isSecret = option.secret === true;
  const expanded = scopes === 'literal' ? { value: entry.value } : expandValue(entry.value, scopes);
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
export function mayVary(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('%');
  return typeof value === 'object' && value !== null && Object.values(value).some(mayVary);
}
