import { access } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';

import { distrust } from './trust.ts';
import { CONFIG_ERRORS } from './errors.ts';
import { unfitFile } from './file.ts';
import { findEsbuild, syntaxFaults } from './esbuild.ts';
import { CODE_EXTENSIONS, loadModule } from './module.ts';
import type { Problem } from './problem.ts';

/** A configuration that was found, not judged yet. */
export type Found =
  | { readonly kind: 'supervisord.conf'; readonly file: string; readonly warnings: readonly Problem[] }
  | { readonly kind: 'native'; readonly file: string; readonly exported: unknown }
  | { readonly kind: 'refused'; readonly file: string; readonly problems: readonly Problem[] };

/** Where to look. */
export interface Search {
  readonly cwd: string;
  readonly uid: number;
  /** The program that was started; Supervisor looks in the folder above its own. */
  readonly program: string;
}

/** Names of configurations that are found without being named, in this order. */
export const NATIVE_NAMES = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml'].map((extension) => `tsv.config.${extension}`);
const DATA_EXTENSIONS = ['.json', '.yaml', '.yml'];

/** Of these extensions everything is native; any other file is read as a supervisord.conf, whatever it is called. */
export function isNative(file: string): boolean {
  return [...CODE_EXTENSIONS, ...DATA_EXTENSIONS].includes(extname(file));
}

/** Loads the file that was named. */
export async function open(file: string, uid: number): Promise<Found> {
  return isNative(file) ? loadNative(file, uid) : { kind: 'supervisord.conf', file, warnings: [] };
}

/**
 * Looks for a configuration where none was named: a `tsv.config.*`, or a `tsv` key in the package.json, in the working directory (and
 * not in those above it, which may be other people's); then a supervisord.conf where Supervisor looks for it.
 */
export async function search({ cwd, uid, program }: Search): Promise<Found> {
  const native = await searchNative(cwd, uid);
  if (native !== undefined) return native;
  const above = dirname(dirname(program));
  const places = [
    join(above, 'etc/supervisord.conf'),
    join(above, 'supervisord.conf'),
    resolve(cwd, 'supervisord.conf'),
    resolve(cwd, 'etc/supervisord.conf'),
    '/etc/supervisord.conf',
    '/etc/supervisor/supervisord.conf',
  ];
  for (const place of places) {
    if (await exists(place)) return { kind: 'supervisord.conf', file: place, warnings: warnRoot(place, uid) };
  }
  const message = CONFIG_ERRORS.TSV_CONFIG_NOT_FOUND([`${cwd}/tsv.config.*`, ...places]);
  return {
    kind: 'refused',
    file: '',
    problems: [{ severity: 'error', kind: 'host', code: 'TSV_CONFIG_NOT_FOUND', file: '', message }],
  };
}

/** Supervisor gives the same advice. */
function warnRoot(file: string, uid: number): Problem[] {
  if (uid !== 0) return [];
  const message =
    'running as root with a configuration that was searched for, in the working directory among others; name it with -c FILE';
  return [{ severity: 'warning', kind: 'host', file, message }];
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function searchNative(cwd: string, uid: number): Promise<Found | undefined> {
  // Most daemons run from a supervisord.conf; they need not load the library only to find nothing.
  const isThere = await Promise.all([...NATIVE_NAMES, 'package.json'].map((name) => exists(join(cwd, name))));
  if (!isThere.includes(true)) return undefined;
  let found: Found | undefined;
  const explorer = await createExplorer(uid, (refused) => (found = refused));
  const result = await explorer.search(cwd).catch((error: unknown) => syntaxRefusal(join(cwd, 'package.json'), error));
  if (found !== undefined || result === null) return found;
  return 'kind' in result ? result : { kind: 'native', file: result.filepath, exported: result.config };
}

async function loadNative(file: string, uid: number): Promise<Found> {
  const distrusted = await distrust(file, uid);
  if (distrusted !== undefined) return { kind: 'refused', file, problems: [distrusted] };
  const why = await unfitFile(file);
  if (why !== undefined) return refusal(file, 'TSV_CONFIG_UNREADABLE', CONFIG_ERRORS.TSV_CONFIG_UNREADABLE(file, why));
  const isCode = CODE_EXTENSIONS.some((extension) => extension === extname(file));
  if (!isCode) return loadData(file, uid);
  const loading = await loadModule(file, uid);
  return 'problems' in loading
    ? { kind: 'refused', file, problems: loading.problems }
    : { kind: 'native', file, exported: loading.exported };
}

async function loadData(file: string, uid: number): Promise<Found> {
  const explorer = await createExplorer(uid, () => undefined);
  try {
    const result = await explorer.load(file);
    return { kind: 'native', file, exported: result?.config };
  } catch (error) {
    return syntaxRefusal(file, error);
  }
}

/**
 * cosmiconfig with our own loaders for code (its own one for TypeScript would load the compiler, 67 MB), imported when it is needed. What a
 * loader refuses is passed to `onRefused`, because an explorer's errors are texts.
 */
async function createExplorer(uid: number, onRefused: (found: Found) => void) {
  // The default export: in the bundle a CommonJS package has no other.
  const {
    default: { cosmiconfig, defaultLoaders },
  } = await import('cosmiconfig');
  const code = async (file: string): Promise<unknown> => {
    const found = await loadNative(file, uid);
    if (found.kind === 'native') return found.exported;
    onRefused(found);
    return {};
  };
  const data = (load: DataLoader) => async (file: string, content: string) => {
    const distrusted = await distrust(file, uid);
    if (distrusted === undefined) return parseData(file, content, load, onRefused);
    onRefused({ kind: 'refused', file, problems: [distrusted] });
    return {};
  };
  return cosmiconfig('tsv', {
    searchPlaces: [...NATIVE_NAMES, 'package.json'],
    searchStrategy: 'none',
    cache: false,
    loaders: {
      ...Object.fromEntries(CODE_EXTENSIONS.map((extension) => [extension, code])),
      '.json': data(defaultLoaders['.json']),
      '.yaml': data(defaultLoaders['.yaml']),
      '.yml': data(defaultLoaders['.yaml']),
    },
  });
}

type DataLoader = (file: string, content: string) => unknown;

/** Node's parser of JSON does not say where it stopped; esbuild's does. */
async function jsonPosition(file: string): Promise<Position | undefined> {
  const esbuild = extname(file) === '.json' ? findEsbuild(file) : undefined;
  const [first] = esbuild === undefined ? [] : await syntaxFaults(esbuild, file);
  return first?.line === undefined || first.column === undefined
    ? undefined
    : { line: first.line, column: first.column };
}

async function parseData(
  file: string,
  content: string,
  load: DataLoader,
  onRefused: (found: Found) => void,
): Promise<unknown> {
  try {
    return load(file, content);
  } catch (error) {
    onRefused(syntaxRefusal(file, error, positionIn(error) ?? (await jsonPosition(file))));
    throw error;
  }
}

/** What a parser of data complains about; `position` is its own or another one's word for where. */
function syntaxRefusal(file: string, error: unknown, position = positionIn(error)): Found {
  const isUnreadable =
    error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
  const text = error instanceof Error ? error.message : String(error);
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
