import { hostname } from 'node:os';
import { dirname, extname, resolve as resolvePath } from 'node:path';

import { anyUserDatabase, nativeDocument, readConfiguration, resolve, tablesOf } from '../index.ts';
import type { Document, Problem, Tables } from '../index.ts';
import { documentOf } from '../read-supervisord-conf.ts';
import { shippedDeclarations } from '../../standard.ts';
import { printConf } from '../supervisord-conf/index.ts';
import { valueOf } from './block.ts';
import { ConversionLosses } from './conversion-losses.ts';
import { printJson, printYaml } from './print-data.ts';
import { printTypeScript } from './print-typescript.ts';
import { annotate } from './annotated-document.ts';
import type { AnnotatedDocument } from './annotated-document.ts';
import { confSections } from './to-conf.ts';
import { nativeBlock } from './to-native.ts';

/** The target formats. */
export const FORMATS = ['ts', 'json', 'yaml', 'ini'] as const;

export type Format = (typeof FORMATS)[number];

export interface ConvertOptions {
  /** Read as `tsvd -c` reads it: by its extension. A configuration that is code runs. */
  readonly file: string;
  /** The path of the result; by default next to `file`. `%(here)s` is relative to its folder. */
  readonly output?: string;
  /** By default from the extension of `output`; else `ts` for a supervisord.conf and `ini` for anything else. */
  readonly to?: Format;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type Conversion =
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'converted';
      readonly format: Format;
      readonly text: string;
      /** What could not be expressed, and what is different now. */
      readonly warnings: readonly Problem[];
      /** It contains passwords, or variables that may be secret: only the owner should read it. */
      readonly isPrivate: boolean;
      /** Files that the original includes and that are a part of the result. */
      readonly merged: readonly string[];
    };

/**
 * Converts a configuration to another format, without reading anything of this machine: expansions stay as written.
 * Included files are read and become part of the result. Comments of a supervisord.conf stay with what they describe;
 * what the other format cannot express becomes a comment and a warning. Refuses a file that cannot be read, or has
 * syntax errors.
 */
export async function convert(options: ConvertOptions): Promise<Conversion> {
  const { env = process.env } = options;
  const host = {
    env,
    cwd: process.cwd(),
    hostName: hostname(),
    uid: process.getuid?.() ?? -1,
    users: anyUserDatabase(),
  };
  const file = resolvePath(options.file);
  const shipped = await shippedDeclarations();
  const read = { ...host, file, plugins: () => [], shipped };
  const { document, tables: listed, listsPlugins } = await readConfiguration(read);
  const errors = document.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { kind: 'refused', problems: errors };

  const format = options.to ?? formatOf(options.output, document);
  const output = resolvePath(options.output ?? file);
  const all = tablesOf(shipped, shipped);
  const known = listsPlugins ? listed : all;
  const knownThen = format === 'ini' ? all : known;
  const losses = new ConversionLosses();
  const annotated = await annotate(document, known, dirname(output));
  const { text, document: converted } = print(annotated, format, output, knownThen, losses);
  if (listsPlugins) losses.about({ file, path: 'plugins' }, pluginLoss(format));
  if (format !== 'ini') reportOpenServers(document, losses);

  const before = resolve(document, known, host).problems;
  const after = resolve(converted, knownThen, host).problems;
  return {
    kind: 'converted',
    format,
    text,
    warnings: [
      ...document.problems,
      ...losses.problems,
      ...after.filter((problem) => !before.some((other) => isSameProblem(problem, other))),
    ],
    isPrivate: holdsSecrets(annotated),
    merged: document.included,
  };
}

function formatOf(output: string | undefined, document: Document): Format {
  if (output === undefined) return document.format === 'supervisord.conf' ? 'ts' : 'ini';
  switch (extname(output)) {
    case '.ts':
    case '.mts':
      return 'ts';
    case '.json':
      return 'json';
    case '.yaml':
    case '.yml':
      return 'yaml';
    default:
      return 'ini';
  }
}

function print(
  annotated: AnnotatedDocument,
  format: Format,
  file: string,
  tables: Tables,
  losses: ConversionLosses,
): { readonly text: string; readonly document: Document } {
  if (format === 'ini') {
    const { sections, trailing } = confSections(annotated, tables, losses);
    const text = printConf(annotated.header, sections) + printConf(trailing, []);
    return { text, document: documentOf(file, text, tables) };
  }
  const block = nativeBlock(annotated, tables, losses);
  const document = nativeDocument(file, valueOf(block), tables);
  switch (format) {
    case 'ts':
      return { text: printTypeScript(annotated.header, block), document };
    case 'json':
      return { text: printJson(block), document };
    case 'yaml':
      return { text: printYaml(annotated.header, block), document };
  }
}

function pluginLoss(format: Format): string {
  return format === 'ini'
    ? 'a supervisord.conf runs with the plugins that ship; those that are listed cannot be said'
    : 'plugins are code, which is not converted; add the list to the new file';
}

/** Supervisor allows open access by default; our own formats require it to be stated. */
function reportOpenServers({ sections, format }: Document, losses: ConversionLosses): void {
  if (format !== 'supervisord.conf') return;
  const open = sections.filter(({ kind, options }) => kind === 'inet_http_server' && !options.has('password'));
  for (const { at, title, options } of open) {
    if (/^\s*(?:127\.|localhost:|::1)/.test(String(options.get('port')?.value))) continue;
    const message = `[${title}] has no password, which only a supervisord.conf may do where other machines can connect; add username and password`;
    losses.about(at, message);
  }
}

function isSameProblem(one: Problem, other: Problem): boolean {
  return one.section === other.section && one.option === other.option && one.message === other.message;
}

const SECRET = /passw|secret|token|credential|api.?key/i;

/** By the option tables; unknown options by their names. */
function holdsSecrets({ header, sections }: AnnotatedDocument): boolean {
  return (
    header.some((comment) => SECRET.test(comment)) ||
    sections.some(({ comments, options }) =>
      [
        ...comments,
        ...options.flatMap(({ name, known, comments: above }) =>
          known?.option.secret === true ? ['secret'] : [name, ...above],
        ),
      ].some((text) => SECRET.test(text)),
    )
  );
}
