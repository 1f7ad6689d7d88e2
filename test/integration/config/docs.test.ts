import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { loadConfiguration, printProblem } from '../../../plugins/config/index.ts';
import { shippedDeclarations } from '../../../plugins/standard.ts';
import { fromSources } from '../../support/package-sources.ts';

/** Every example of docs/configuration.md is a configuration without errors, or a script that does what is said of it. */

const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
const examples = [...page.matchAll(/^```(ini|ts|json|yaml)\n([^]*?)^```$/gm)].map(
  ([, language = '', text = '']) => [language, text] as const,
);
const NAMES = new Map([
  ['ini', 'supervisord.conf'],
  ['ts', 'tsv.config.ts'],
  ['json', 'tsv.config.json'],
  ['yaml', 'tsv.config.yaml'],
]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsv-docs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the page has an example of each format', () => {
  expect(new Set(examples.map(([language]) => language))).toEqual(new Set(NAMES.keys()));
});

test.each(examples)('the example in %s has no errors', async (language, text) => {
  const file = join(folder, NAMES.get(language) ?? 'none');
  // What `defineConfig` does when it runs; that the example compiles is for the types to say.
  writeFileSync(
    file,
    text.replace("import { defineConfig } from 'tsvisor';", 'const defineConfig = <T>(config: T): T => config;'),
  );
  const plugins = async () =>
    (await shippedDeclarations()).map((declaration) => ({ ...declaration, apply: () => undefined }));
  const loaded = await loadConfiguration({ file, cwd: folder, env: { HOME: '/root' }, plugins });
  expect(loaded.problems.map(printProblem)).toEqual([]);
  expect(loaded.config.groups.length).toBeGreaterThan(0);
});

test('the script writes a JSON Schema', async () => {
  const [, script = ''] = /^```js\n([^]*?)^```$/m.exec(page) ?? [];
  const file = join(folder, 'write-schema.mjs');
  const output = join(folder, 'tsv.schema.json');
  writeFileSync(file, fromSources(script).replace("'tsv.schema.json'", JSON.stringify(output)));
  await import(file);
  expect(JSON.parse(readFileSync(output, 'utf8'))).toHaveProperty('definitions.program.properties.stdout_logfile');
});
