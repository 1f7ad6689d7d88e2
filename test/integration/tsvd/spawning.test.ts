import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { secondUsers } from '../../support/second-user.ts';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const TSVD = fileURLToPath(new URL('../../../dist/tsvd', import.meta.url));
const users = secondUsers();
const [user] = users ?? [{ name: '', uid: 0, gid: 0, group: { name: '', gid: 0 } }];

/** What the kernel says about a child; nothing of the script changes it. */
const PROBE = `#!/bin/sh
exec 2>&1 > "$1"
while read -r key rest; do
  case $key in Uid:|Gid:|Groups:|Cap*|Umask:|NoNewPrivs:|SigBlk:|SigIgn:) echo $key $rest;; esac
done < /proc/$$/status # without a fork, around which the shell blocks signals
cat /proc/$$/limits
echo cwd: $(readlink /proc/$$/cwd)
echo fds: $(ls /proc/$$/fd | grep -v 10)
echo group: $(( $(cut -d" " -f5 /proc/$$/stat) == $$ )) parent: $(( $(cut -d" " -f4 /proc/$$/stat) == $2 ))
tr "\\0" "\\n" < /proc/$$/environ | grep -v "^LC_CTYPE=" | sort
mv "$1" "$1.done"
exec sleep 1000
`;

/** What a child of this daemon is like. */
async function childOf(daemon: string, settings: string): Promise<string> {
  await using place = new Place();
  const seen = place.path('out', 'seen');
  mkdirSync(place.path('out'));
  chmodSync(place.path('out'), 0o777);
  place.write('probe', PROBE, 0o755);
  place.conf(
    `[program:p]\ncommand=/bin/sh -c "exec ${place.path('probe')} ${seen} $PPID"\n${settings}`,
    'user=root\nminfds=1024',
  );
  const child = spawn('sh', ['-c', `ulimit -Sn 700; exec ${daemon} -n -c supervisord.conf`], {
    cwd: place.folder,
    stdio: 'ignore',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C', NAME: 'value' },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await until('the child', () => existsSync(`${seen}.done`));
    return readFileSync(`${seen}.done`, 'utf8').replaceAll(place.folder, '/place');
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

describe.skipIf(users === undefined || !existsSync('/usr/bin/supervisord'))(
  'a child is what the real supervisord makes',
  () => {
    test.each([
      ['without options', ''],
      ['with a user', `user=${user.name}\n`],
      ['with a user, a directory and a umask', `user=${user.name}\ndirectory=/usr\numask=027\n`],
      ['with a umask', 'umask=077\n'],
      [
        'with variables that tools obey',
        `user=${user.name}\nenvironment=LC_ALL="C.UTF-8",TMPDIR="/x",MALLOC_CHECK_="3"\n`,
      ],
    ])('%s', async (_, settings) => {
      const [ours, theirs] = await Promise.all([childOf(TSVD, settings), childOf('/usr/bin/supervisord', settings)]);
      // On purpose: Supervisor's Python leaves SIGPIPE and SIGXFSZ ignored (docs/compatibility.md).
      expect(ours).toBe(theirs.replace(/SigIgn:.*/, 'SigIgn: 0000000000000000'));
    });
  },
);

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
