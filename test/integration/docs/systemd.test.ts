import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';

const page = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

test('the example of docs/plugins/systemd.md is a configuration without errors', async () => {
  await using place = new Place();
  const [, example = ''] = /^```ts\n([^]*?)^```$/m.exec(page('plugins/systemd.md')) ?? [];
  place.write('tsv.config.ts', example);
  const { code, out, err } = await place.run('--check', '-c', 'tsv.config.ts');
  expect({ code, err: err.replaceAll(/^Hint: .*\n/gm, '') }).toEqual({ code: 0, err: '' });
  expect(out).toContain('1 processes in 1 groups');
});
