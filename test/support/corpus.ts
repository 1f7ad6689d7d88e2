import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Real configuration files, and what Supervisor 4.2.5 makes of each. The folder lies beside the repository and is described in its README;
 * without it, a few cases of our own stand in (test/unit/plugins/config/supervisord-conf).
 */
const corpus = join(import.meta.dirname, '../../../shared/corpus');

export const hasCorpus = existsSync(corpus);
if (!hasCorpus) console.warn(`SKIPPED: the corpus of real configurations is not at ${corpus}`);

const environments: Record<string, Record<string, string>> = hasCorpus ? readJson(join(corpus, 'env.json')) : {};
const names = hasCorpus ? readdirSync(join(corpus, 'expected')).map((file) => file.replace(/\.json$/, '')) : [];

const isRejected = (name: string) => 'error' in readJson(join(corpus, 'expected', `${name}.json`));

export const rejected = names.filter(isRejected);
export const accepted = names.filter((name) => !isRejected(name));

/** Folders below `root` for one entry: its files, and an empty one to be the working directory. */
export function entryFolders(root: string, name: string): { here: string; cwd: string } {
  const here = join(root, name, 'here');
  const cwd = join(root, name, 'cwd');
  mkdirSync(here, { recursive: true });
  mkdirSync(cwd);
  const folder = join(corpus, 'conf', name);
  if (existsSync(folder) && statSync(folder).isDirectory()) cpSync(folder, here, { recursive: true });
  else cpSync(`${folder}.conf`, join(here, 'supervisord.conf'));
  return { here, cwd };
}

/** The environment to load it with. */
export function environmentOf(name: string): Record<string, string> {
  return { HOME: '/home/test', PATH: '/usr/local/bin:/usr/bin:/bin', ...environments[name] };
}

/** What Supervisor makes of it, as text. */
export function expectedText(name: string): string {
  return readFileSync(join(corpus, 'expected', `${name}.json`), 'utf8');
}

function readJson(file: string): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(file, 'utf8'));
}
