import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { SUPERVISOR_OPTIONS } from '../../../../../plugins/config/index.ts';
import { textOf } from '../../../../../plugins/config/option-types/option-type.ts';
import { tablesOf } from '../../../../../plugins/config/options/tables.ts';
import { optionReference } from '../../../../../plugins/config/schema/index.ts';
import { shippedDeclarations } from '../../../../../plugins/standard.ts';

const docs = join(import.meta.dirname, '../../../../../docs');
const shipped = await shippedDeclarations();
const tables = tablesOf(shipped);

test('docs/reference/options.md is what the tables say (if not: npm run docs)', () => {
  expect(readFileSync(join(docs, 'reference/options.md'), 'utf8')).toBe(optionReference(shipped));
});

test('every option of Supervisor is in the tables', () => {
  const missing = Object.entries(SUPERVISOR_OPTIONS).flatMap(([kind, names]) =>
    names.filter((name) => tables.optionsOf(kind)?.has(name) !== true).map((name) => `[${kind}] ${name}`),
  );
  expect(missing).toEqual([]);
});

const everyOption = tables.kinds.flatMap((kind) =>
  [...(tables.optionsOf(kind)?.values() ?? [])].map(({ name, option }) => [`[${kind}] ${name}`, option] as const),
);

test.each(everyOption)('the description of %s is a sentence in a table', (_, { description }) => {
  expect(description).toMatch(/^[A-Z{%]/);
  expect(description).toMatch(/[^.]\.$/);
  expect(description.length).toBeGreaterThan(10);
  expect(description).not.toContain('\n');
});

/** Tables of options in the pages of plugins: `| `option` | default | …`. */
const pages = shipped.flatMap(({ name: plugin }) => {
  const rows = tableOf(readFileSync(join(docs, 'plugins', `${plugin}.md`), 'utf8'));
  return rows.length === 0 ? [] : [[plugin, rows] as const];
});

function tableOf(page: string): readonly (readonly [name: string, value: string])[] {
  const [, table = ''] = /^\| option \| default \|.*\n\|[-| ]+\n((?:\|.*\n)*)/m.exec(page) ?? [];
  return [...table.matchAll(/^\| (`[^|]+`) \|([^|]*)\|/gm)].flatMap(([, names = '', value = '']) => {
    // One row may be about several options; their defaults are then in words.
    const all = [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    return all.map((name) => [name, all.length === 1 ? value.trim() : ''] as const);
  });
}

describe('the table of options in the page of a plugin', () => {
  test('exists in the pages of several plugins', () => {
    expect(pages.length).toBeGreaterThan(2);
  });

  test.each(pages)('%s has every option, with its default', (plugin, rows) => {
    const options = new Map(
      tables.kinds.flatMap((kind) =>
        [...(tables.optionsOf(kind)?.values() ?? [])]
          .filter((known) => known.plugin === plugin)
          .map((known) => [known.name, known.option] as const),
      ),
    );
    expect(rows.map(([name]) => name).toSorted()).toEqual([...options.keys()].toSorted());
    for (const [name, written] of rows) {
      const option = options.get(name);
      const text = option?.default === undefined ? undefined : textOf(option.schema, option.default);
      // A default in words says what no table can: `the program's user`.
      const isInWords = !written.startsWith('`') || text === undefined;
      expect(written, name).toBe(option?.required === true ? 'required' : isInWords ? written : `\`${text}\``);
    }
  });
});
