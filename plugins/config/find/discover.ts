import { basename, extname } from 'node:path';

import { codeOf, reasonOf } from '../../../core/index.ts';
import { distrust, distrustFound } from './trust.ts';
import { parseYaml, withFaithfulNumbers } from '../native/data-file.ts';
import { CONFIG_ERRORS } from '../errors.ts';
import { readConfigurationFile, unfitFile } from './file.ts';
import { CODE_EXTENSIONS, findConfiguration, isNative, searchedPlaces, type Search } from './find.ts';
import { findEsbuild, syntaxFaults } from '../native/esbuild.ts';
import { loadModule } from '../native/module.ts';
import type { Problem } from '../problem.ts';

/** A configuration that was found, not judged yet. */
export type Found =
  | { readonly kind: 'supervisord.conf'; readonly file: string; readonly warnings: readonly Problem[] }
  | { readonly kind: 'native'; readonly file: string; readonly exported: unknown }
  | { readonly kind: 'refused'; readonly file: string; readonly problems: readonly Problem[] };

/** Loads the file that was named. */
export async function open(file: string, uid: number): Promise<Found> {
  return isNative(file) ? loadNative(file, uid) : { kind: 'supervisord.conf', file, warnings: [] };
}

/** Loads the one that {@link findConfiguration} finds. */
export async function search(places: Search, uid: number): Promise<Found> {
  const file = await findConfiguration(places);
  if (file === undefined) return notFound(places);
  if (!isNative(file)) return { kind: 'supervisord.conf', file, warnings: warnRoot(file, uid) };
  const why = uid === 0 ? undefined : distrustFound(file, uid);
  return why === undefined ? loadNative(file, uid) : foreign(file, why);
}

function notFound(places: Search): Found {
  const message = CONFIG_ERRORS.TSV_CONFIG_NOT_FOUND(searchedPlaces(places));
  const problem = { severity: 'error', kind: 'host', code: 'TSV_CONFIG_NOT_FOUND', file: '', message } as const;
  return { kind: 'refused', file: '', problems: [problem] };
}

function foreign(file: string, why: string): Found {
  const message = CONFIG_ERRORS.TSV_CONFIG_FOREIGN(file, why);
  const problem = { severity: 'error', kind: 'host', code: 'TSV_CONFIG_FOREIGN', file, message } as const;
  return { kind: 'refused', file, problems: [problem] };
}

/** Supervisor gives the same advice. */
function warnRoot(file: string, uid: number): Problem[] {
  if (uid !== 0) return [];
  const message =
    'running as root with a configuration that was searched for, in the working directory among others; name it with -c FILE';
  return [{ severity: 'warning', kind: 'host', file, message }];
}

async function loadNative(file: string, uid: number): Promise<Found> {
  const distrusted = distrust(file, uid, 'code');
  if (distrusted !== undefined) return { kind: 'refused', file, problems: [distrusted] };
  const why = await unfitFile(file);
  if (why !== undefined) return refusal(file, 'TSV_CONFIG_UNREADABLE', CONFIG_ERRORS.TSV_CONFIG_UNREADABLE(file, why));
  const isCode = CODE_EXTENSIONS.some((extension) => extension === extname(file));
  if (!isCode) return loadData(file);
  const loading = await loadModule(file, uid);
  return 'problems' in loading
    ? { kind: 'refused', file, problems: loading.problems }
    : { kind: 'native', file, exported: loading.exported };
}

async function loadData(file: string): Promise<Found> {
  try {
    const text = (await readConfigurationFile(file)).toString('utf8');
    const data = text.trim() === '' ? undefined : await parseData(file, text);
    return { kind: 'native', file, exported: basename(file) === 'package.json' ? keyOf(data) : data };
  } catch (error) {
    return syntaxRefusal(file, error, positionIn(error) ?? (await jsonPosition(file)));
  }
}

/** By parsers that say where a mistake is; imported when they are needed. */
async function parseData(file: string, text: string): Promise<unknown> {
  if (extname(file) !== '.json') return parseYaml(file, text);
  // The default export: in the bundle a CommonJS package has no other.
  const {
    default: { defaultLoaders },
  } = await import('cosmiconfig');
  defaultLoaders['.json'](file, text);
  return JSON.parse(withFaithfulNumbers(text));
}

function keyOf(manifest: unknown): unknown {
  return typeof manifest === 'object' && manifest !== null && 'tsv' in manifest ? manifest.tsv : undefined;
}

/** Node's parser of JSON does not say where it stopped; esbuild's does. */
async function jsonPosition(file: string): Promise<Position | undefined> {
  const esbuild = extname(file) === '.json' ? findEsbuild(file) : undefined;
  const [first] = esbuild === undefined ? [] : await syntaxFaults(esbuild, file);
  return first?.line === undefined || first.column === undefined
    ? undefined
    : { line: first.line, column: first.column };
}

/** What a parser of data complains about; `position` is its own or another one's word for where. */
function syntaxRefusal(file: string, error: unknown, position = positionIn(error)): Found {
  const isUnreadable = ['ENOENT', 'EACCES'].includes(codeOf(error) ?? '');
  const text = reasonOf(error);
  if (isUnreadable) return refusal(file, 'TSV_CONFIG_UNREADABLE', CONFIG_ERRORS.TSV_CONFIG_UNREADABLE(file, text));
  return refusal(file, 'TSV_CONFIG_SYNTAX', CONFIG_ERRORS.TSV_CONFIG_SYNTAX(firstSentence(text)), position);
}

/** Without the file's name in front, the excerpt of the file, and the position, which are told otherwise. */
function firstSentence(text: string): string {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(?:(?:JSON|YAML) Error in |>?\s*\d+ \||\|)/.test(line) && line.trim() !== '');
  return (lines[0] ?? text).replace(/ while parsing .*$| \(\d+:\d+\)$/s, '').trim();
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function positionIn(error: unknown): Position | undefined {
  const [, line, column] = /\((\d+):(\d+)\)/.exec(error instanceof Error ? error.message : '') ?? [];
  return line === undefined ? undefined : { line: Number(line), column: Number(column) };
}

function refusal(
  file: string,
  code: 'TSV_CONFIG_UNREADABLE' | 'TSV_CONFIG_SYNTAX',
  message: string,
  position?: Position,
): Found {
  return { kind: 'refused', file, problems: [{ severity: 'error', kind: 'form', code, file, ...position, message }] };
}
