import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { BUILT_IN } from '../../plugins/config/built-in.ts';
import { anyUserDatabase, printConfiguration, resolve } from '../../plugins/config/index.ts';
import { MASK } from '../../plugins/config/print.ts';
import { readSupervisordConf } from '../../plugins/supervisord-conf/index.ts';

/**
 * Real configuration files, and what Supervisor 4.2.5 makes of each: `tsvd --check --json` has to agree on every one of them. The folder
 * lies beside the repository and is described in its README; without it, a few cases of our own stand in
 * (test/unit/plugins/supervisord-conf).
 */
const corpus = join(import.meta.dirname, '../../../shared/corpus');
const isThere = existsSync(corpus);
if (!isThere) console.warn(`SKIPPED: the corpus of real configurations is not at ${corpus}`);

const root = mkdtempSync(join(tmpdir(), 'tsv-corpus-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const environments: Record<string, Record<string, string>> = isThere ? readJson(join(corpus, 'env.json')) : {};
const names = isThere ? readdirSync(join(corpus, 'expected')).map((file) => file.replace(/\.json$/, '')) : [];

const isRejected = (name: string) => 'error' in readJson(join(corpus, 'expected', `${name}.json`));

describe.skipIf(!isThere)('a real configuration', () => {
  test.each(names.filter((name) => !isRejected(name)))('%s means what it means to Supervisor', async (name) => {
    const { here, cwd } = entryFolders(name);
    const actual = await checkJson(join(here, 'supervisord.conf'), name, cwd);
    expect({ ...actual, warnings: [] }).toEqual({ ...expectedJson(name, here, cwd), warnings: [] });
  });

  test.each(names.filter(isRejected))('%s is rejected as by Supervisor, for the same place', async (name) => {
    const { here, cwd } = entryFolders(name);
    const actual = await checkJson(join(here, 'supervisord.conf'), name, cwd);
    const { at } = expectedJson(name, here, cwd);
    expect(actual).toHaveProperty('error');
    expect(problemPlaces(actual)).toEqual(expect.arrayContaining(at === undefined ? [] : [at]));
  });
});

/** Folders for one entry: its files, and an empty one to be the working directory. */
function entryFolders(name: string): { here: string; cwd: string } {
  const here = join(root, name, 'here');
  const cwd = join(root, name, 'cwd');
  mkdirSync(here, { recursive: true });
  mkdirSync(cwd);
  const folder = join(corpus, 'conf', name);
  if (existsSync(folder) && statSync(folder).isDirectory()) cpSync(folder, here, { recursive: true });
  else cpSync(`${folder}.conf`, join(here, 'supervisord.conf'));
  return { here, cwd };
}

async function checkJson(file: string, name: string, cwd: string): Promise<Record<string, unknown>> {
  const env = { HOME: '/home/test', PATH: '/usr/local/bin:/usr/bin:/bin', ...environments[name] };
  const document = await readSupervisordConf(file, { env, hostName: 'host' });
  const plugins = Object.entries(BUILT_IN).map(([plugin, options]) => ({ name: plugin, ...options }));
  const host = { env, cwd, hostName: 'host', uid: 0, users: anyUserDatabase() };
  // Through text, since that is what the daemon prints.
  return parseRecord(JSON.stringify(printConfiguration(resolve(document, plugins, host))), dirname(file));
}

function expectedJson(name: string, here: string, cwd: string): Record<string, unknown> {
  const text = readFileSync(join(corpus, 'expected', `${name}.json`), 'utf8');
  const substituted = text.replaceAll('@HERE@', here).replaceAll('@CWD@', cwd);
  return parseRecord(substituted, here);
}

function problemPlaces(actual: Record<string, unknown>): unknown[] {
  const problems = Array.isArray(actual['problems']) ? actual['problems'] : [];
  return problems.map(({ section, option }: { section?: string; option?: string }) => ({ section, option }));
}

function readJson(file: string): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** With secrets masked, and `HERE/..` the same whether a path is normalised (those of the daemon) or not (those of programs). */
function parseRecord(text: string, here: string): Record<string, unknown> {
  return JSON.parse(text, (key, value: unknown) => {
    if (key === 'environment' && typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.keys(value).map((name) => [name, MASK]));
    if (typeof value !== 'string') return value;
    return key === 'password' ? MASK : value.replaceAll(`${here}/..`, dirname(here));
  });
}
