import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import type { Plugin } from '../../../../../core/index.ts';
import { AutorestartPlugin } from '../../../../../plugins/policy/autorestart/index.ts';
import { stage } from '../../../../../core/testing/index.ts';

test('the plugin that the documentation shows decides before autorestart', async () => {
  const page = readFileSync(new URL('../../../../../docs/plugins/autorestart.md', import.meta.url), 'utf8');
  const source = /^```ts\n([^]*?)^```/m.exec(page)?.[1] ?? '';
  const { code } = await transform(source, { loader: 'ts' });
  const { NoUsePlugin } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    NoUsePlugin: new () => Plugin;
  };
  const { process, spawner, clock } = await stage(
    [{ name: 'web', autostart: true }],
    [new AutorestartPlugin(), new NoUsePlugin()],
  ).then((on) => ({ ...on, process: () => on.process() }));
  clock.advance(60_000);
  spawner.last.exit({ kind: 'code', code: 1 });
  expect(process().state).toBe('STARTING');
  clock.advance(60_000);
  spawner.last.exit({ kind: 'code', code: 78 });
  expect(process().state).toBe('EXITED');
});
