import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../../plugins/catalogue.ts';
import { packageSources } from '../../support/package-sources.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { paths } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config.compilerOptions;

/** Modules that are no plugins, and are published beside them: the schema, and the hook by which a plugin says what is wrong with a process. */
const MODULES = ['control', 'schema'];

test('the package exports every plugin of the catalogue as tsvisor/plugins/NAME, wherever its folder is', () => {
  const published = [...packageSources]
    .filter(([name]) => name.startsWith('tsvisor/plugins/'))
    .map(([name, source]) => [name, basename(dirname(source))] as const);
  const names = [...CATALOGUE.map(({ name }) => name), ...MODULES];
  expect(new Map(published)).toEqual(new Map(names.map((name) => [`tsvisor/plugins/${name}`, name])));
});

test('tsconfig.json leads every import that package.json offers to its source', () => {
  expect(paths).toEqual(Object.fromEntries([...packageSources].map(([name, source]) => [name, [source]])));
});

test('the sources that package.json names are there', () => {
  expect([...packageSources.values()].filter((source) => !existsSync(root + source))).toEqual([]);
});

test('the folders of plugins/ are themes, and hold what docs/architecture.md says', () => {
  const themes = readdirSync(`${root}plugins`).filter((name) => !name.endsWith('.ts'));
  const page = readFileSync(`${root}docs/architecture.md`, 'utf8');
  const listed = [...page.matchAll(/^\| `plugins\/([a-z]+)\/`\s*\|(.*)\|$/gm)].map(([, theme, rest]) => [theme, rest]);
  expect(new Set(listed.map(([theme]) => theme))).toEqual(new Set(themes));
  const missing = listed.flatMap(([theme, rest = '']) =>
    readdirSync(`${root}plugins/${theme}`)
      .filter((name) => existsSync(`${root}plugins/${theme}/${name}/index.ts`) && !rest.includes(`\`${name}\``))
      .map((name) => `${theme}/${name}`),
  );
  expect(missing).toEqual([]);
});
