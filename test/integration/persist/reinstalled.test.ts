import { cpSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A copy of what was built. */
function install(place: Place, name: string): string {
  const folder = place.path(name);
  mkdirSync(folder);
  cpSync(`${ROOT}dist`, `${folder}/dist`, { recursive: true });
  cpSync(`${ROOT}package.json`, `${folder}/package.json`);
  symlinkSync(`${ROOT}node_modules`, `${folder}/node_modules`);
  return folder;
}

test('a daemon whose installation was replaced goes on, says what to do, and becomes the new one', async () => {
  await using place = new Place();
  const installation = install(place, 'installation');
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\n');
  const daemon = await place.startWith(`${installation}/dist/tsvd`);
  const pid = (await place.ctl('pid', 'p')).out;
  renameSync(installation, place.path('old'));
  expect((await place.ctl('why', 'p')).out).toContain(
    'tsvisor was installed anew while this daemon runs: tsvctl upgrade goes on with it',
  );
  expect((await place.ctl('upgrade')).out).toContain('the new version');
  install(place, 'installation');
  expect((await place.ctl('upgrade')).out).toBe(`Upgraded supervisord (pid ${daemon.child.pid})\n`);
  await until('the new version', () => place.read('log').includes('upgraded: 1 programs go on'));
  expect((await place.ctl('why', 'p')).out).toContain('p is RUNNING');
  expect((await place.ctl('pid', 'p')).out).toBe(pid);
});

test('a new version that cannot start gives way to the one before, which goes on', async () => {
  await using place = new Place();
  const one = install(place, '1.0');
  const two = install(place, '2.0');
  // Not loaded by the trial.
  const servers = readdirSync(`${two}/dist/chunks`).find((name) => name.startsWith('servers-')) ?? '';
  writeFileSync(`${two}/dist/chunks/${servers}`, "throw new Error('it does not start');\n");
  symlinkSync(one, place.path('current'));
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\n');
  const daemon = await place.startWith(place.path('current/dist/tsvd'));
  const pid = (await place.ctl('pid', 'p')).out;
  symlinkSync(two, place.path('next'));
  renameSync(place.path('next'), place.path('current'));
  expect((await place.ctl('upgrade')).out).toBe(`Upgraded supervisord (pid ${daemon.child.pid})\n`);
  await until('the version before', () => /so this one goes on: .*it does not start/.test(place.read('log')));
  expect((await place.ctl('pid', 'p')).out).toBe(pid);
});
