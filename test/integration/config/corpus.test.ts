import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { anyUserDatabase, printConfiguration, resolve, tablesOf } from '../../../plugins/config/index.ts';
import { MASK } from '../../../plugins/config/print.ts';
import { readSupervisordConf } from '../../../plugins/config/read-supervisord-conf.ts';
import { shippedDeclarations } from '../../../plugins/standard.ts';
import { accepted, entryFolders, environmentOf, expectedText, hasCorpus, rejected } from '../../support/corpus.ts';

/** `tsvd --check --json` has to agree with Supervisor on every real configuration. */

const shipped = await shippedDeclarations();
const tables = tablesOf(shipped, shipped);
const root = mkdtempSync(join(tmpdir(), 'tsv-corpus-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(!hasCorpus)('a real configuration', () => {
  test.each(accepted)('%s means what it means to Supervisor', async (name) => {
    const { here, cwd } = entryFolders(root, name);
    const actual = await checkJson(join(here, 'supervisord.conf'), name, cwd);
    expect({ ...actual, warnings: [] }).toEqual({ ...expectedJson(name, here, cwd), warnings: [] });
  });

  test.each(rejected)('%s is rejected as by Supervisor, for the same place', async (name) => {
    const { here, cwd } = entryFolders(root, name);
    const actual = await checkJson(join(here, 'supervisord.conf'), name, cwd);
    const { at } = expectedJson(name, here, cwd);
    expect(actual).toHaveProperty('error');
    expect(problemPlaces(actual)).toEqual(expect.arrayContaining(at === undefined ? [] : [at]));
  });
});

async function checkJson(file: string, name: string, cwd: string): Promise<Record<string, unknown>> {
  const env = environmentOf(name);
  const document = await readSupervisordConf(file, { env, hostName: 'host', tables });
  const host = { env, cwd, hostName: 'host', uid: 0, users: anyUserDatabase() };
  // Through text, since that is what the daemon prints.
  return parseRecord(JSON.stringify(printConfiguration(resolve(document, tables, host))), dirname(file));
}

function expectedJson(name: string, here: string, cwd: string): Record<string, unknown> {
  const substituted = expectedText(name).replaceAll('@HERE@', here).replaceAll('@CWD@', cwd);
  return parseRecord(substituted, here);
}

function problemPlaces(actual: Record<string, unknown>): unknown[] {
  const problems = Array.isArray(actual['problems']) ? actual['problems'] : [];
  return problems.map(({ section, option }: { section?: string; option?: string }) => ({ section, option }));
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
