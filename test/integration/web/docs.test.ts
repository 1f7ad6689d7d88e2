import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Supervisor } from '../../../core/index.ts';
import { freePort } from '../../support/free-port.ts';
import { exchange, get, temporaryDirectory } from '../http/support.ts';
import { later } from '../../support/later.ts';
import { fromSources } from '../../support/package-sources.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('the example in docs/plugins/web.md shows its program', async () => {
  const page = readFileSync(join(root, 'docs/plugins/web.md'), 'utf8');
  const code = page.split('```ts\n// example: own-page.ts\n')[1]?.split('```')[0] ?? '';
  const folder = temporaryDirectory();
  const port = await freePort();
  const file = join(folder, 'own-page.ts');
  writeFileSync(
    file,
    fromSources(code)
      .replaceAll('/var/log', folder)
      .replace('9001', String(port))
      .replace('node server.js', 'sleep 1000'),
  );
  const { supervisor } = (await import(file)) as { supervisor: Supervisor };
  later(() => supervisor.shutdown());
  const pid = supervisor.find('web')?.view.pid ?? 0;
  expect(pid).toBeGreaterThan(0);
  const answer = await exchange(port, get('/'));
  expect(answer).toContain('200 OK');
  expect(answer).toContain(`pid ${pid}`);
});
