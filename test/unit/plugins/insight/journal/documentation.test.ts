import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Plugin } from '../../../../../core/index.ts';
import { JournalPlugin, journalService } from '../../../../../plugins/insight/journal/index.ts';
import { settle, stage } from '../../../../../core/testing/index.ts';
import { fromSources } from '../../../../support/package-sources.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/plugins/journal.md'), 'utf8');

test('the plugin that the documentation shows counts crashes and nothing else', async () => {
  const code = page.split('```ts\n// example: crash-counter.ts\n')[1]?.split('```')[0] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'tsv-docs-'));
  const file = join(folder, 'crash-counter.ts');
  writeFileSync(file, fromSources(code));
  const { CrashCounterPlugin } = (await import(file)) as {
    CrashCounterPlugin: new () => Plugin & { crashes: Map<string, number> };
  };
  const counter = new CrashCounterPlugin();
  const here: Plugin = {
    name: 'here',
    apply: ({ hooks }) =>
      hooks.config.tap('here', (config) => ({ ...config, sections: { supervisord: { childlogdir: folder } } })),
  };
  const { supervisor, process, spawner } = await stage(
    [{ name: 'web', startsecs: 0 }],
    [here, new JournalPlugin(), counter],
  );
  const start = () => process().start({ by: 'client' }).done;

  await start();
  spawner.last.exit({ kind: 'signal', signal: 'SIGSEGV' });
  await start();
  spawner.last.exit({ kind: 'code', code: 0 });
  await start();
  const { issued, done } = process().stop({ by: 'client', detail: 'supervisor.stopProcess' });
  await issued;
  spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
  await done;
  await settle();
  expect([...counter.crashes]).toEqual([['web', 1]]);
  expect(await supervisor.use(journalService)?.read({ group: 'web', name: 'web', limit: 2 })).toMatchObject([
    { kind: 'ended', asked: true, exit: { signal: 'SIGTERM' }, by: { by: 'client', detail: 'supervisor.stopProcess' } },
    { kind: 'started', pid: 1002 },
  ]);
  rmSync(folder, { recursive: true });
});

test('every kind of record is in the documentation', () => {
  const source = readFileSync(join(root, 'plugins/insight/journal/record.ts'), 'utf8');
  const kinds = [...source.matchAll(/^ {2,6}(?:\| \{ )?readonly kind: '(\w+)'/gm)].map(([, kind = '']) => kind);
  expect(kinds.length).toBeGreaterThan(8);
  expect(kinds.filter((kind) => !page.includes(`\`${kind}\``) && !page.includes(`"kind": "${kind}"`))).toEqual([]);
});
