import { CONFIG_ERRORS } from '../errors.ts';
import type { Document, OptionEntry, Section } from '../document.ts';
import { ValueLimits } from './value-limits.ts';
import { showValue } from '../problem.ts';
import type { Problem } from '../problem.ts';
import type { Tables } from '../options/tables.ts';

/** Keys that are no sections. */
const RESERVED = new Set(['plugins', 'include', '$schema']);

/**
 * A document from what a `tsv.config.ts`, `.json` or the like exports:
 *
 *     { programs: { web: { command: '…' } }, groups: { site: { programs: ['web'] } }, supervisord: { … }, unix_http_server: { … } }
 *
 * Every other key is a section of that kind, or an array of several; `kind:name` is one of several that has a name.
 */
export function nativeDocument(file: string, exported: unknown, tables: Pick<Tables, 'namedKinds'>): Document {
  const reader = new NativeReader(file, tables);
  if (isRecord(exported)) reader.read(exported);
  else reader.report('', CONFIG_ERRORS.TSV_CONFIG_EXPORT(exported === undefined ? 'nothing' : showValue(exported)));
  return { file, format: 'native', sections: reader.sections, included: [], problems: reader.problems };
}

class NativeReader {
  readonly sections: Section[] = [];
  readonly problems: Problem[] = [];
  readonly #limits = new ValueLimits();
  readonly #file: string;
  readonly #namedKinds: ReadonlyMap<string, string>;
  readonly #keys: ReadonlyMap<string, string>;

  constructor(file: string, { namedKinds }: Pick<Tables, 'namedKinds'>) {
    this.#file = file;
    this.#namedKinds = namedKinds;
    this.#keys = new Map([...namedKinds].map(([key, kind]) => [kind, key]));
  }

  read(config: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(config)) {
      const kind = this.#namedKinds.get(key);
      if (RESERVED.has(key) || value === undefined || value === null) continue;
      if (kind !== undefined) this.#readNamed(key, kind, value);
      else if (this.#keys.has(key)) this.report(key, `write ${this.#keys.get(key)}: { NAME: { … } }`);
      else if (Array.isArray(value)) this.#readArray(key, value);
      else this.#readSection({ ...this.#splitTitle(key), path: key }, value);
    }
  }

  #readNamed(key: string, kind: string, value: unknown): void {
    if (!isRecord(value)) {
      this.report(key, `has to be a record by name, and is ${showValue(value)}`);
      return;
    }
    for (const [name, section] of Object.entries(value)) {
      this.#readSection({ title: `${kind}:${name}`, kind, name, path: `${key}.${name}` }, section);
    }
  }

  #readArray(key: string, sections: readonly unknown[]): void {
    for (const [index, section] of sections.entries()) {
      const title = index === 0 ? key : `${key}:${index + 1}`;
      this.#readSection(
        { title, kind: key, name: index === 0 ? undefined : String(index + 1), path: `${key}[${index}]` },
        section,
      );
    }
  }

  #readSection(
    { path, ...section }: Omit<Section, 'at' | 'options' | 'format'> & { readonly path: string },
    value: unknown,
  ): void {
    if (!isRecord(value)) {
      this.report(path, `has to be a record of options, and is ${showValue(value)}`);
      return;
    }
    const options = Object.entries(value).filter(([, option]) => option !== undefined && option !== null);
    const entries = options.flatMap(([name, option]): [string, OptionEntry][] => {
      const at = { file: this.#file, path: `${path}.${name}` };
      const fault = this.#limits.faultOf(option);
      if (fault === undefined) return [[name, { value: option, at }]];
      this.report(at.path, fault);
      return [];
    });
    this.sections.push({ ...section, format: 'native', at: { file: this.#file, path }, options: new Map(entries) });
  }

  #splitTitle(title: string): Pick<Section, 'title' | 'kind' | 'name'> {
    const [, kind = title, name] = /^([^:]+):([^]*)$/.exec(title) ?? [];
    // A program has its place elsewhere; spelled as in a supervisord.conf it is an unknown section.
    return name === undefined || this.#keys.has(kind) ? { title, kind: title, name: undefined } : { title, kind, name };
  }

  report(path: string, message: string): void {
    this.problems.push({ severity: 'error', kind: 'form', file: this.#file, ...(path !== '' && { path }), message });
  }
}

/** What a JavaScript record is; a class instance or an array is something else. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A record may come from another realm, or be a module's namespace.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** `include` of a native configuration, as patterns. */
export function includePatterns(exported: unknown): readonly string[] {
  const include = isRecord(exported) ? exported['include'] : undefined;
  const patterns: readonly unknown[] = Array.isArray(include) ? include : [include];
  return patterns.filter((pattern) => typeof pattern === 'string');
}
