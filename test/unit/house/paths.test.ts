import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
};
const { paths } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config.compilerOptions;

/** What package.json exports with types, and the source that they are made from. */
const sources = Object.entries(exports).flatMap(([subpath, target]) =>
  typeof target === 'string'
    ? []
    : [[`tsvisor${subpath.slice(1)}`, target.types.replace('/dist/types', '').replace('.d.ts', '.ts')]],
);

test('tsconfig.json leads every import that package.json offers to its source', () => {
  expect(paths).toEqual(Object.fromEntries(sources.map(([name, source]) => [name, [source]])));
});

test('the sources that package.json names are there', () => {
  const plain = sources.map(([, source = '']) => source).filter((source) => !source.includes('*'));
  expect(plain.filter((source) => !existsSync(root + source))).toEqual([]);
});
