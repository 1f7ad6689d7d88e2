import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { secondUsers } from '../../support/second-user.ts';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const TSVD = fileURLToPath(new URL('../../../dist/tsvd', import.meta.url));
const users = secondUsers();
const [user] = users ?? [{ name: '', uid: 0, gid: 0, group: { name: '', gid: 0 } }];

describe.skipIf(users === undefined)('the daemon as root, with programs of other users', () => {
  test('a program that kills and signals its parent in a loop does not reach it', async () => {
    await using place = new Place();
    place.conf(`[program:killer]
command=/bin/sh -c "exec 2>/dev/null; while :; do kill -9 $PPID; kill -USR1 $PPID; done"
user=${user.name}
startsecs=0
[program:crasher]
command=/bin/true
user=${user.name}
startsecs=0
autorestart=true
numprocs=8
process_name=c%(process_num)d
`);
    const { child } = await place.start();
    await until('thirty spawns', () => place.read('log').split('spawned: ').length > 30);
    expect(child.exitCode).toBeNull();
    expect(await place.status('killer', 'RUNNING')).toContain('RUNNING');
  });

  test('ambient capabilities of the daemon do not pass to another user', async () => {
    await using place = new Place();
    const caps = place.path('caps');
    place.conf(
      `[program:p]\ncommand=/bin/grep ^Cap /proc/self/status\nuser=${user.name}\nstartsecs=0\nautorestart=false\nstdout_logfile=${caps}\n`,
    );
    const wanted = '+net_bind_service';
    const command = ['--inh-caps', wanted, '--ambient-caps', wanted, TSVD, '-n', '-c', place.path('supervisord.conf')];
    const daemon = spawn('setpriv', command, { cwd: place.folder, stdio: 'ignore' });
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    try {
      const text = await until('the capabilities', () => /CapAmb/.test(place.read('caps')) && place.read('caps'));
      expect(readFileSync(`/proc/${daemon.pid}/status`, 'utf8')).toMatch(/^CapAmb:\t0*400$/m);
      expect(text).toMatch(/^CapEff:\t0+$/m);
      expect(text).toMatch(/^CapPrm:\t0+$/m);
      expect(text).toMatch(/^CapAmb:\t0+$/m);
    } finally {
      daemon.kill('SIGTERM');
      await ended;
    }
  });
});

const DAEMONIZED = `NAME=$(printf 'caf\\351') "$0" -c supervisord.conf && exec tail -f --pid $(cat pid) /dev/null`;

test.each([
  ['in the foreground', `NAME=$(printf 'caf\\351') exec "$0" -n -c supervisord.conf`, ''],
  ['daemonized', DAEMONIZED, ''],
  ['as another user', `NAME=$(printf 'caf\\351') exec "$0" -n -c supervisord.conf`, 'user=tsvtest1\n'],
])('a variable that is not UTF-8 reaches programs as it is, %s', async (_, script, supervisord) => {
  if (supervisord !== '' && users === undefined) return console.warn('skipped: needs root and the test users');
  await using place = new Place();
  mkdirSync(place.path('theirs'));
  chownSync(place.path('theirs'), user.uid, user.gid);
  const conf = place.conf(
    `[program:p]\ncommand=/usr/bin/env -0\nstartsecs=0\nautorestart=false\nstdout_logfile=${place.path('env')}\nenvironment=ADDED="1"\n`,
    supervisord.replace('tsvtest1', user.name),
  );
  if (supervisord !== '') {
    writeFileSync(conf, readFileSync(conf, 'utf8').replaceAll(`=${place.folder}`, `=${place.path('theirs')}`));
  }
  const daemon = spawn('sh', ['-c', script, TSVD], { cwd: place.folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  try {
    const file = supervisord === '' ? 'env' : 'theirs/env';
    await until('the environment', () => place.read(file).includes('ADDED=1'));
    const entries = readFileSync(place.path(file), 'latin1').split('\0');
    expect(entries).toContain('NAME=caf\xe9');
    expect(entries.filter((entry) => entry.startsWith('TSVD_'))).toEqual([]);
  } finally {
    await place.ctl('shutdown');
    daemon.kill('SIGTERM'); // where it has not got that far
    await ended;
  }
  return undefined;
});

test.skipIf(process.getuid?.() !== 0)('without /proc programs start, and their output is logged', async () => {
  await using place = new Place();
  place.conf(
    `[program:p]\ncommand=/bin/sh -c "echo out; exec sleep 1000"\nstartsecs=0\nstdout_logfile=${place.path('out')}\n${
      users === undefined
        ? ''
        : `[program:q]\ncommand=/bin/sh -c "id -un; exec sleep 1000"\nuser=${user.name}\nstartsecs=0\nstdout_logfile=${place.path('user')}\n`
    }`,
  );
  const script = 'mount -t tmpfs none /proc && exec "$0" -n -c supervisord.conf';
  const probe = await runCommand('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/proc']);
  if (probe.code !== 0) return console.warn('skipped: no mount namespace can be made here');
  const daemon = spawn('unshare', ['-m', 'sh', '-c', script, TSVD], { cwd: place.folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  try {
    await until(
      () => `the output; log: ${place.read('log')}`,
      () => place.read('out') === 'out\n',
    );
    if (users !== undefined) await until('the output of the user', () => place.read('user') === `${user.name}\n`);
    expect(place.read('log')).not.toContain('spawnerr');
  } finally {
    daemon.kill('SIGTERM');
    await ended;
  }
  return undefined;
});

test('a start without descriptors fails in words, waits, and works once there are some', async () => {
  await using place = new Place();
  place.conf(`[program:p]\ncommand=/bin/sh -c "sleep 0.2; exit 1"\nstartsecs=0\nautorestart=true\n`);
  const { child } = await place.start();
  await until('the first end', () => place.read('log').includes('exited: p'));
  const limit = (soft: string) => runCommand('prlimit', ['--pid', String(child.pid), `--nofile=${soft}:`]);
  // Nothing that is open is closed, and nothing can be opened.
  expect(await limit('4')).toMatchObject({ code: 0 });
  await until('a start that fails', () =>
    place.read('log').includes("INFO spawnerr: too many open files to spawn 'p'"),
  );
  expect(place.read('log')).not.toContain('FATAL');
  expect(await limit('1000')).toMatchObject({ code: 0 });
  const before = place.read('log').length;
  await until('the next try', () => place.read('log').slice(before).includes("spawned: 'p'"));
});

test('a script with the line ends of Windows is explained', async () => {
  await using place = new Place();
  writeFileSync(place.path('web.sh'), '#!/bin/sh\r\nexec sleep 1000\r\n', { mode: 0o755 });
  place.conf(`[program:web]\ncommand=${place.path('web.sh')}\nstartretries=0\n`);
  await place.start();
  await place.status('web', 'FATAL');
  expect(place.read('log')).toContain('spawnerr: web: the first line of');
  const { out } = await place.ctl('why', 'web');
  expect(out).toContain('ends with CR LF, so that its interpreter would be "/bin/sh\\r"');
  expect(out).toContain('dos2unix');
});
