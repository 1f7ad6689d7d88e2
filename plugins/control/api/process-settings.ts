import { isDeepStrictEqual } from 'node:util';
import type { GroupConfig, ProcessConfig } from '../../../core/index.ts';
import { textOf, type KnownOption } from '../../config/index.ts';

/** An option of a process, with the value in effect. */
export interface Setting {
  readonly option: string;
  /** As in a supervisord.conf: `50MB`, `TERM`. `null`: not set. Secret values are masked; only names are shown. */
  readonly value: string | null;
  /** The default, in the same spelling. */
  readonly default: string | null;
  readonly isDefault: boolean;
  readonly doc: string;
}

/** The process, and the option table of its kind of section. */
export interface Configured {
  readonly process: ProcessConfig;
  readonly group: GroupConfig;
  readonly options: ReadonlyMap<string, KnownOption>;
}

/** Options that create the processes of a program; a single process has none of them. */
const OF_PROGRAMS: ReadonlySet<string> = new Set(['process_name', 'numprocs', 'numprocs_start']);

/**
 * All options of a process with their values. Those that differ from the default come first; otherwise in the order of
 * the tables.
 */
export function settingsOf({ process, group, options }: Configured): readonly Setting[] {
  const settings = [...options.values()]
    .filter(({ name }) => !OF_PROGRAMS.has(name))
    .map((known) => settingOf(known, valueOf(known, process, group)));
  return [...settings.filter(({ isDefault }) => !isDefault), ...settings.filter(({ isDefault }) => isDefault)];
}

function valueOf({ name, option, concern }: KnownOption, process: ProcessConfig, group: GroupConfig): unknown {
  if (concern === 'core') {
    if (name === 'user') return process.user?.name;
    return Object.entries(process).find(([field]) => field === name)?.[1];
  }
  const values = concern === 'process' ? process.options : group.options;
  return Object.hasOwn(values, name) ? values[name] : option.default;
}

function settingOf({ name, option }: KnownOption, value: unknown): Setting {
  const isDefault = isDeepStrictEqual(value, option.default);
  const spell = (what: unknown): string | null => spelled(option, what);
  return { option: name, value: spell(value), default: spell(option.default), isDefault, doc: option.description };
}

function spelled({ schema, secret }: KnownOption['option'], value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (secret === true) return secretText(value);
  const text = typeof value === 'string' ? value : (textOf(schema, value) ?? textOfObject(value));
  return withoutPassword(text);
}

/** Only the names of variables: their values often contain passwords. */
function secretText(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return '********';
  const names = Object.keys(value);
  return names.length === 0 ? null : names.map((name) => `${name}=********`).join(', ');
}

/** Values that are records: `{ kind: 'file', path: '/var/log/x' }`, `{ kind: 'auto' }`. */
function textOfObject(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  if ('path' in value && typeof value.path === 'string') return value.path;
  if ('url' in value && typeof value.url === 'string') return value.url;
  return 'kind' in value && Object.keys(value).length === 1 ? String(value.kind).toUpperCase() : JSON.stringify(value);
}

/** A URL may contain credentials. */
function withoutPassword(text: string): string {
  return text.replace(/(\w:\/\/[^/\s:@]*):[^/\s@]*@/g, '$1:********@');
}
