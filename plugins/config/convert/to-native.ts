import { nativeOf, textOf } from '../index.ts';
import type { Tables } from '../index.ts';
import type { Block, Entry } from './block.ts';
import type { ConversionLosses } from './conversion-losses.ts';
import type { AnnotatedDocument, AnnotatedOption, AnnotatedSection } from './annotated-document.ts';

/** Keys of a typed configuration in the order in which they are read; sections of plugins stand between. */
const FIRST = ['supervisord', 'unix_http_server', 'inet_http_server'];
const LAST = ['programs', 'groups', 'eventlisteners', 'fcgi_programs', 'rpcinterfaces', 'supervisorctl'];

/** A typed configuration that says the same as an annotated document. */
export function nativeBlock({ sections }: AnnotatedDocument, tables: Tables, losses: ConversionLosses): Block {
  const byKey = new Map<string, Entry[]>();
  const single: Entry[] = [];
  const trailing: string[] = [];
  for (const written of sections) {
    const place = placeOf(written, tables);
    if ('reason' in place) {
      trailing.push(...losses.section(written, place.reason));
      continue;
    }
    const entry = { key: place.name, comments: written.comments, value: optionsBlock(written, losses) };
    if (place.key === undefined) single.push(entry);
    else byKey.set(place.key, [...(byKey.get(place.key) ?? []), entry]);
  }
  const named = [...byKey].map(([key, entries]) => ({ key, comments: [], value: { entries, trailing: [] } }));
  return { entries: [...single, ...named].toSorted((one, other) => rank(one.key) - rank(other.key)), trailing };
}

function rank(key: string): number {
  const kind = key.replace(/:.*$/s, '');
  if (LAST.includes(kind)) return FIRST.length + 1 + LAST.indexOf(kind);
  return FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length;
}

/** Where a section stands: under a key of its own, or by its name within one. */
type Placement = { readonly key: string | undefined; readonly name: string } | { readonly reason: string };

function placeOf({ section: { kind, name, title } }: AnnotatedSection, tables: Tables): Placement {
  const key = [...tables.namedKinds].find(([, named]) => named === kind)?.[0];
  if (kind === 'ctlplugin') return { reason: 'Python code for supervisorctl, which tsvctl cannot run' };
  if (tables.optionsOf(kind) === undefined && kind !== 'rpcinterface') return { reason: 'unknown section' };
  if (key !== undefined) return name === undefined ? { reason: 'a section without a name' } : { key, name };
  if (title === kind) return { key: undefined, name: kind };
  // Supervisor accepts `[inet_http_server_public]` as an inet_http_server, too.
  return { key: undefined, name: `${kind}:${name ?? title.slice(kind.length)}` };
}

/** `command` comes first, wherever it was. */
function optionsBlock({ section, options: written }: AnnotatedSection, losses: ConversionLosses): Block {
  const options = written.toSorted((one, other) => Number(other.name === 'command') - Number(one.name === 'command'));
  const isFree = section.kind === 'rpcinterface';
  const entries = options.flatMap((option) =>
    option.known === undefined && !isFree
      ? []
      : [{ key: option.name, comments: option.comments, value: { plain: nativeValue(option) } }],
  );
  const lost = isFree ? [] : options.filter(({ known }) => known === undefined);
  return { entries, trailing: lost.flatMap((option) => losses.option(section, option, 'unknown option')) };
}

/** Typed if possible; a number is written as a size or mode if it is one. */
function nativeValue({ known, value }: AnnotatedOption): unknown {
  if (known === undefined) return value;
  const { schema } = known.option;
  const text = typeof value === 'number' ? textOf(schema, value) : value;
  return typeof text === 'string' ? nativeOf(schema, text) : value;
}
