import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The folder of the package that this code is part of: a checkout, or an installation. Links are followed. */
export const installation: string = packageFolder(realpathSync(fileURLToPath(import.meta.url)));

/** The folder of the package that a file belongs to; `/` where it belongs to none. */
export function packageFolder(file: string): string {
  const folder = dirname(file);
  return folder === file || existsSync(join(folder, 'package.json')) ? folder : packageFolder(folder);
}

/** A module of ours as it was built, by its path in the sources without extension. */
export function builtModule(name: string): string {
  return pathToFileURL(join(installation, 'dist', `${name}.js`)).href;
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
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return KINDS.flatMap((kind) => Object.keys(recordOf(recordOf(manifest)[kind])));
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
