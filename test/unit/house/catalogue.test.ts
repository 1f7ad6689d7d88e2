import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Plugin } from '../../../core/index.ts';
import { CATALOGUE, createPlugins, declarationsOf, type CatalogueEntry } from '../../../plugins/catalogue.ts';
import { jsonSchema, optionReference } from '../../../plugins/config/schema/index.ts';
import { LONGER } from '../../support/catalogue/index.ts';
import { errorCodesBelow } from '../../support/error-tables.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ENTRIES: readonly CatalogueEntry[] = CATALOGUE;
const DECLARED = ['sections', 'checks', 'programKinds', 'resolve', 'print'] as const;

/** Folders with a door that are no plugins, and the plugin of the daemon's own process, which tsvd adds. */
const NO_ENTRIES = ['client', 'convert', 'daemon', 'hints', 'option-types', 'schema', 'supervisord-conf'];

test('every folder below a theme is in the catalogue, or is no plugin', () => {
  const folders = readdirSync(`${root}/plugins`, { recursive: true, encoding: 'utf8' }).flatMap(
    (path) => /^[a-z]+\/([a-z-]+)\/index\.ts$/.exec(path)?.[1] ?? [],
  );
  expect(folders.toSorted()).toEqual([...CATALOGUE.map(({ name }) => name), ...NO_ENTRIES].toSorted());
});

test.each(ENTRIES)('$name is whole: class, options, page, and its export from tsvisor', async ({ name, create }) => {
  const plugin = await create('native');
  const [declaration] = await declarationsOf(ENTRIES.filter((entry) => entry.name === name));
  expect(plugin.name).toBe(name);
  // A class may look at more than the options alone can tell.
  for (const part of DECLARED)
    expect([part, Object.keys(plugin[part] ?? {})]).toEqual([part, Object.keys(declaration?.[part] ?? {})]);
  expect(plugin.sections).toEqual(declaration?.sections);
  expect([plugin.resolve, plugin.print, plugin.programKinds]).toEqual([
    declaration?.resolve,
    declaration?.print,
    declaration?.programKinds,
  ]);
  expect(existsSync(`${root}/docs/plugins/${name}.md`)).toBe(true);
  expect(readFileSync(`${root}/plugins/index.ts`, 'utf8')).toMatch(
    new RegExp(`^export \\{ ${plugin.constructor.name} \\} from './[a-z]+/${name}/index\\.ts';$`, 'm'),
  );
});

test('a plugin that is added to the catalogue is in the standard set, the JSON Schema, the reference and the list of errors', async () => {
  const plugins: readonly Plugin[] = await createPlugins(LONGER, 'native');
  expect(plugins.map(({ name }) => name)).toEqual([...CATALOGUE.map(({ name }) => name), 'greeter']);
  const declarations = await declarationsOf(LONGER);
  expect(jsonSchema(declarations)).toMatchObject({
    properties: { greeter: {} },
    definitions: { greeter: { properties: { mood: { default: 'glad' } } } },
  });
  expect(optionReference(declarations)).toContain(
    '| `mood` *new* | glad, sad | `glad` | at once | greeter | How it greets. |',
  );
  expect(await errorCodesBelow(`${root}/test/support/catalogue`)).toEqual(['TSV_GREETER_SPEECHLESS']);
});
