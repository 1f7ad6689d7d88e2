import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referencePages } from '../../../bin/build/hooks-reference.mjs';

const root = new URL('../../../', import.meta.url);

test.each(Object.entries(referencePages()))(
  '%s is what the sources say; `npm run docs` brings it up to date',
  (path, text) => {
    expect(existsSync(new URL(path, root)) ? readFileSync(new URL(path, root), 'utf8') : '').toBe(text);
  },
);

test('every hook says what a throw does, or its plugin says it of all', () => {
  const [hooks = ''] = Object.values(referencePages());
  const speaksOfFaults = (text: string): boolean => /throw|fault|reject/i.test(text);
  const silent = hooks
    .split('\n## ')
    .slice(1)
    .flatMap((set) => {
      const [about = '', ...entries] = set.split('\n### ');
      return speaksOfFaults(about) ? [] : entries.filter((entry) => !speaksOfFaults(entry));
    })
    .map((entry) => entry.split('\n', 1)[0]);
  expect(silent).toEqual([]);
});
