import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { secondUsers } from '../../support/second-user.ts';
import { keeperOf, stateFolderOf } from '../../support/state-folder.ts';
import { killDaemon, Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const users = secondUsers();

/** The processes with this word on their command line. */
function processesWith(word: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(word);
      } catch {
        return false;
      }
    });
}

/** A number that no other test sleeps for. */
const unique = (): string => String(100_000 + Math.floor(Math.random() * 800_000));

test('a kill between a spawn and its record: the program kills the daemon with its first instruction', async () => {
  await using place = new Place();
  const sleep = unique();
  const killer = place.write(
    'killer',
    `#!/bin/sh\nif mkdir ${place.path('flag')} 2>/dev/null; then kill -9 $PPID; fi\nexec sleep ${sleep}\n`,
    0o755,
  );
  place.conf(`[program:p]\ncommand=${killer}\nautostart=false\nstartsecs=0\n`);
  const first = await place.start();
  await place.ctl('start', 'p');
  await first.ended;
  await until('the program', () => processesWith(sleep).length === 1);
  const [pid] = processesWith(sleep);
  await place.start();
  expect(await place.status('p', 'RUNNING')).toContain(`pid ${pid},`);
  expect(processesWith(sleep)).toEqual([pid]);
});

test('a kill while programs are taken over that have ended and are started again', async () => {
  await using place = new Place();
  const sleep = unique();
  place.conf(
    `[program:p]\ncommand=/bin/sleep ${sleep}\nnumprocs=40\nprocess_name=%(process_num)d\nstartsecs=0\nautorestart=true\n`,
  );
  let daemon = await place.start();
  await until('all', () => processesWith(sleep).length === 40);
  await killDaemon(daemon);
  for (const pid of processesWith(sleep)) process.kill(pid, 'SIGKILL');
  await until('their end', () => processesWith(sleep).length === 0);
  const next = place.start().catch(() => undefined);
  await until('some of the next ones', () => processesWith(sleep).length > 10);
  for (const { child } of place.daemons) child.kill('SIGKILL');
  await next;
  daemon = await place.start();
  await until('all again', () => processesWith(sleep).length >= 40);
  await place.ctl('stop', 'all');
  await until('the end of all', () => processesWith(sleep).length === 0);
  await place.ctl('start', 'all');
  expect(processesWith(sleep)).toHaveLength(40);
  await place.ctl('shutdown');
  await daemon.ended;
  expect(processesWith(sleep)).toEqual([]);
});

test('a kill during a shutdown, and a start that fails: the next one starts everything', async () => {
  await using place = new Place();
  const port = await freePort();
  const slow = place.write('slow', '#!/bin/sh\ntrap "sleep 2; exit 0" TERM\nwhile :; do sleep 0.05; done\n', 0o755);
  const programs = `[program:quick]\ncommand=/bin/sleep 1000\nstartsecs=0\npriority=1\n[program:slow]\ncommand=${slow}\nstartsecs=0\npriority=2\n`;
  place.conf(`[inet_http_server]\nport=127.0.0.1:${port}\n${programs}`);
  const daemon = await place.start();
  await place.status('slow', 'RUNNING');
  await place.ctl('shutdown');
  await until('the stop', () => place.read('log').includes('waiting for'));
  await killDaemon(daemon);
  const taken = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { code, err } = await place.run('-n', '-c', place.path('supervisord.conf'));
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('already listening') });
  await new Promise((resolve) => taken.close(resolve));
  await place.start();
  await place.status('quick', 'RUNNING');
  await place.status('slow', 'RUNNING');
});

test('what cannot be read of one program is made good by its mark', async () => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=/bin/sh -c "while :; do echo x; sleep 0.05; done"\nstartsecs=0\n');
  const daemon = await place.start();
  const before = await place.status('p', 'RUNNING');
  const state = `${stateFolderOf(daemon.child.pid ?? 0)}/state`;
  await killDaemon(daemon);
  writeFileSync(state, readFileSync(state, 'utf8').replaceAll('"want":"up"', '"want":"side"'));
  await place.start();
  expect(/pid \d+/.exec(await place.status('p', 'RUNNING'))).toEqual(/pid \d+/.exec(before));
  expect(place.read('log')).toContain('what the state says of p cannot be used');
});

test.skipIf(users === undefined)('another user cannot pass off a process as a program', async () => {
  await using place = new Place();
  const [other] = users ?? [];
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\n');
  const daemon = await place.start();
  const folder = stateFolderOf(daemon.child.pid ?? 0) ?? '';
  const before = await place.status('p', 'RUNNING');
  await killDaemon(daemon);
  writeFileSync(`${folder}/state`, '');
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const forged = spawn('/usr/bin/setsid', ['sleep', '1000'], {
    uid: other?.uid,
    env: { PATH: process.env['PATH'], TSV_CHILD: `${name}/0/p/999` },
    stdio: 'ignore',
  });
  try {
    await place.start();
    expect(/pid \d+/.exec(await place.status('p', 'RUNNING'))).toEqual(/pid \d+/.exec(before));
  } finally {
    forged.kill('SIGKILL');
  }
});

test('a daemon in the background keeps its log over a SIGHUP', async () => {
  await using place = new Place();
  place.conf(`[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\nstdout_logfile=${place.path('out')}\n`);
  await place.run('-c', place.path('supervisord.conf'));
  const pid = Number((await place.ctl('pid')).out);
  for (let time = 2; time <= 3; time += 1) {
    process.kill(pid, 'SIGHUP');
    await until('the restart', () => place.read('log').split('supervisord started with pid').length > time);
  }
  await place.ctl('shutdown');
  await until('the end', () => place.read('pid') === '');
  expect(place.read('log')).not.toContain('exitCode');
  expect(place.read('log')).toContain('stopped: p');
  expect(place.read('out')).toBe('');
});

test('nothing holds the descriptors once the daemon has ended, however it was started and killed', async () => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\nnumprocs=5\nprocess_name=%(process_num)d\n');
  const keepers = new Set<number>();
  for (let time = 0; time < 4; time += 1) {
    const daemon = await place.start();
    const folder = stateFolderOf(daemon.child.pid ?? 0) ?? '';
    if (time > 1) keepers.add(await until('a keeper', () => keeperOf(folder)));
    await killDaemon(daemon);
  }
  const daemon = await place.start();
  await place.ctl('shutdown');
  await daemon.ended;
  await expect.poll(() => processesWith('infinity').filter((pid) => keepers.has(pid))).toEqual([]);
});
