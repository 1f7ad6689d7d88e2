import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';

const tsvctl = fileURLToPath(new URL('../../../dist/tsvctl', import.meta.url));

test('tsvctl convert reads the TypeScript that it has written', async () => {
  await using place = new Place();
  const file = place.write('my shop.conf', '[supervisord]\nenvironment=A=b\n');
  const output = place.path('tsv.config.ts');
  expect(await runCommand(tsvctl, ['convert', file, '-o', output])).toMatchObject({ code: 0 });
  expect(await runCommand(tsvctl, ['convert', output, '--to', 'yaml'])).toMatchObject({
    code: 0,
    out: 'supervisord:\n  environment: { A: b }\n',
  });
});
