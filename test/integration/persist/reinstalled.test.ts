import { cpSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

test('a daemon whose installation was replaced goes on, says what to do, and becomes the new one', async () => {
  await using place = new Place();
  const installation = place.path('installation');
  const install = (): void => {
    mkdirSync(installation);
    cpSync(`${ROOT}dist`, `${installation}/dist`, { recursive: true });
    cpSync(`${ROOT}package.json`, `${installation}/package.json`);
    symlinkSync(`${ROOT}node_modules`, `${installation}/node_modules`);
  };
  install();
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\n');
  const daemon = await place.startWith(`${installation}/dist/tsvd`);
  const pid = (await place.ctl('pid', 'p')).out;
  renameSync(installation, place.path('old'));
  expect((await place.ctl('why', 'p')).out).toContain(
    'tsvisor was installed anew while this daemon runs: tsvctl upgrade goes on with it',
  );
  expect((await place.ctl('upgrade')).out).toContain('the new version');
  install();
  expect((await place.ctl('upgrade')).out).toBe(`Upgraded supervisord (pid ${daemon.child.pid})\n`);
  await until('the new version', () => place.read('log').includes('upgraded: 1 programs go on'));
  expect((await place.ctl('why', 'p')).out).toContain('p is RUNNING');
  expect((await place.ctl('pid', 'p')).out).toBe(pid);
});
