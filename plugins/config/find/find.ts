import { access, readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';

/** Where to look. */
export interface Search {
  readonly cwd: string;
  /** The program that was started; Supervisor looks in the folder above its own. */
  readonly program: string;
}

/** Extensions of files that are loaded by running them. */
export const CODE_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '.cjs'] as const;
const DATA_EXTENSIONS = ['.json', '.yaml', '.yml'];

/** Of these extensions everything is native; any other file is read as a supervisord.conf, whatever it is called. */
export function isNative(file: string): boolean {
  return [...CODE_EXTENSIONS, ...DATA_EXTENSIONS].includes(extname(file));
}

/** Names of native configurations that are found without being named, in this order. */
const NATIVE_NAMES = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml'].map((extension) => `tsv.config.${extension}`);

/**
 * The configuration that is meant where none was named, for tsvd and tsvctl alike: a `tsv.config.*`, or a `tsv` key in the package.json, in
 * the working directory (and not in those above it, which may be other people's); then a supervisord.conf where Supervisor looks for it.
 * `accepts` passes over a native configuration. Nothing is run. Why cosmiconfig does not search: docs/decisions/0014-one-catalogue.md.
 */
export async function findConfiguration(
  search: Search,
  accepts: (file: string) => boolean = () => true,
): Promise<string | undefined> {
  for (const file of NATIVE_NAMES.map((name) => join(search.cwd, name))) {
    if ((await exists(file)) && accepts(file)) return file;
  }
  const manifest = join(search.cwd, 'package.json');
  if ((await hasKey(manifest)) && accepts(manifest)) return manifest;
  for (const file of confPlaces(search)) if (await exists(file)) return file;
  return undefined;
}

/** In words, for the error that nothing was found. */
export function searchedPlaces(search: Search): readonly string[] {
  return [`${search.cwd}/tsv.config.*`, `the key tsv in ${join(search.cwd, 'package.json')}`, ...confPlaces(search)];
}

/** In Supervisor's order. The first two are for a daemon installed in a folder of its own. */
function confPlaces({ cwd, program }: Search): string[] {
  const above = dirname(dirname(program));
  return [
    join(above, 'etc/supervisord.conf'),
    join(above, 'supervisord.conf'),
    resolve(cwd, 'supervisord.conf'),
    resolve(cwd, 'etc/supervisord.conf'),
    '/etc/supervisord.conf',
    '/etc/supervisor/supervisord.conf',
  ];
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** One that does not parse, but seems to have the key, is found too: whoever reads it says what is wrong with it. */
async function hasKey(manifest: string): Promise<boolean> {
  const text = await readFile(manifest, 'utf8').catch(() => '');
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'tsv' in parsed;
  } catch {
    return /"tsv"\s*:/.test(text);
  }
}
