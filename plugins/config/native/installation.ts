import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { loadedCopies } from '../../../core/index.ts';

/** The folder of the package that this code is part of: a checkout, or an installation. Links are followed. */
export const installation: string = packageFolder(realpathSync(fileURLToPath(import.meta.url)));

/** The folder of the package that a file belongs to; `/` where it belongs to none. */
function packageFolder(file: string): string {
  const folder = dirname(file);
  return folder === file || existsSync(join(folder, 'package.json')) ? folder : packageFolder(folder);
}

/** A module of ours as it was built, by its path in the sources without extension. */
export function builtModule(name: string): string {
  return pathToFileURL(join(installation, 'dist', `${name}.js`)).href;
}

/** The folders of the copies of this package that are loaded, where there is another one beside this. */
export function otherCopies(): readonly string[] {
  const folders = [...loadedCopies()].map((address) => packageFolder(realpathSync(fileURLToPath(address))));
  return [...new Set(folders)].filter((folder) => folder !== installation);
}

/** Whether a JavaScript file names this package, and Node would find none for it, or another copy. */
export async function findsOtherCopy(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (!/["']tsvisor(?:\/[^"']*)?["']/.test(text)) return false;
  const found = findPackage('tsvisor', dirname(file));
  return found !== installation;
}

/** Every name by which this package can be imported, and the file that it leads to; as far as it has been built. */
export function ownExports(): ReadonlyMap<string, string> {
  const table = recordOf(manifestOf(installation)['exports']);
  const found = Object.entries(table).flatMap(([subpath, target]): [string, string][] => {
    const file = typeof target === 'string' ? target : recordOf(target)['default'];
    if (typeof file !== 'string') return [];
    return subpath.endsWith('*') ? matches(subpath, file) : [[subpath, file]];
  });
  return new Map(
    found
      .map(([subpath, file]): [string, string] => [join('tsvisor', subpath), join(installation, file)])
      .filter(([, file]) => existsSync(file)),
  );
}

/** `./plugins/*` stands for every folder there. */
function matches(subpath: string, file: string): [string, string][] {
  const [before = ''] = file.split('*');
  const folder = join(installation, before);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => [subpath.replace('*', name), file.replace('*', name)]);
}

/**
 * The folders whose code is this program: the installation, and the packages that it depends on as they are found from it, with theirs.
 * Whoever can write there has been trusted by starting tsvd.
 */
export function ownFolders(): readonly string[] {
  const folders = new Set<string>();
  const visit = (folder: string): void => {
    if (folders.has(folder)) return;
    folders.add(folder);
    for (const name of dependenciesOf(folder)) {
      const found = findPackage(name, folder);
      if (found !== undefined) visit(found);
    }
  };
  visit(installation);
  return [...folders];
}

function dependenciesOf(folder: string): string[] {
  const manifest = manifestOf(folder);
  return KINDS.flatMap((kind) => Object.keys(recordOf(manifest[kind])));
}

function manifestOf(folder: string): Readonly<Record<string, unknown>> {
  return recordOf(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}

const KINDS = ['dependencies', 'optionalDependencies', 'peerDependencies'];

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function findPackage(name: string, from: string): string | undefined {
  const places = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((folder) => existsSync(join(folder, 'package.json')));
  return found === undefined ? undefined : realpathSync(found);
}
