import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const sources = ['core', 'plugins', 'bin', 'docs', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|mjs|md)$/.test(name))
    .map((name) => join(folder, name)),
);

test('one file makes hooks, so that each has a name, isolated taps, a fault budget and a deadline', () => {
  const makers = sources.filter((file) => /\bnew \w*Hook\s*[<(]/.test(readFileSync(join(root, file), 'utf8')));
  expect(makers).toEqual(['core/hook-factory.ts']);
});
