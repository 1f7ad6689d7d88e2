import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { panicWatch } from './example.ts';
import { run } from './support.ts';
import { until } from '../../support/wait.ts';

const withoutImports = (text: string): string => text.replaceAll(/^import .*\n/gm, '').trim();

test('the example in docs/plugins/logging.md works', async () => {
  const page = readFileSync(new URL('../../../docs/plugins/logging.md', import.meta.url), 'utf8');
  const example = readFileSync(new URL('example.ts', import.meta.url), 'utf8');
  expect(page).toContain(withoutImports(example));

  const watch = panicWatch();
  const { activity } = await run([{ name: 'p', script: 'echo kernel panic; exec sleep 1000' }], { plugins: [watch] });
  await until('the warning', () => activity().includes('WARN p panics on stdout'));
  expect(watch.bytes.get('p')).toBe(13);
});
