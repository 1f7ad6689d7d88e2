import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { keeperOf, stateFolderOf } from '../../support/state-folder.ts';
import { killDaemon, pidOf, Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

function stateOf({ child }: Awaited<ReturnType<Place['start']>>): string {
  const folder = stateFolderOf(child.pid ?? 0);
  if (folder === undefined) throw new Error('there is no state folder');
  return folder;
}

test('programs go on through kills of the daemon: the same children, every line once, in order, on its own stream', async () => {
  await using place = new Place();
  const script = place.write(
    'lines',
    '#!/bin/sh\ni=0\nwhile :; do i=$((i+1)); echo $i; echo $i >&2; sleep 0.01; done\n',
    0o755,
  );
  place.conf(`[program:lines]
command=${script}
startsecs=0
stdout_logfile=${place.path('out')}
stderr_logfile=${place.path('err')}
[program:auto]
command=/bin/sh -c "echo kept; exec sleep 1000"
startsecs=0
[program:echo]
command=/bin/cat
startsecs=0
stdout_logfile=${place.path('echo')}
`);
  let daemon = await place.start();
  const before = (await place.ctl('status')).out.replaceAll(/uptime.*/g, '');
  const pid = pidOf(await place.status('lines', 'RUNNING'));
  const auto = readdirSync(place.folder).filter((name) => name.startsWith('auto-std'));
  for (let time = 0; time < 5; time += 1) {
    await until('lines', () => place.read('out').length > 200 * (time + 1));
    await killDaemon(daemon);
    daemon = await place.start();
    expect((await place.ctl('status')).out.replaceAll(/uptime.*/g, '')).toBe(before);
  }
  expect(pidOf(await place.status('lines', 'RUNNING'))).toBe(pid);
  expect(readdirSync(place.folder).filter((name) => name.startsWith('auto-std'))).toEqual(auto);
  expect(place.read(auto.find((name) => name.includes('stdout')) ?? '')).toBe('kept\n');
  await place.ctl('stop', 'lines');
  for (const stream of ['out', 'err']) {
    const lines = place.read(stream).trimEnd().split('\n');
    expect(lines).toEqual(lines.map((_, index) => String(index + 1)));
  }
  expect((await place.ctl('shutdown')).out).toBe('Shut down\n');
  await daemon.ended;
});

test('what was decided by hand, and what was under way, is carried on', async () => {
  await using place = new Place();
  const slow = place.write('slow', '#!/bin/sh\ntrap "sleep 1; exit 0" TERM\nwhile :; do sleep 0.05; done\n', 0o755);
  place.conf(`[program:stopped]
command=/bin/sleep 1000
startsecs=0
[program:stopping]
command=${slow}
startsecs=0
[program:restarting]
command=${slow}
startsecs=0
[program:fails]
command=/bin/sh -c "exit 1"
startretries=100
[program:starting]
command=/bin/sleep 1000
startsecs=3
[program:later]
command=/bin/sleep 1000
autostart=false
`);
  const daemon = await place.start();
  const restarting = pidOf(await place.status('restarting', 'RUNNING'));
  await place.status('stopped', 'RUNNING');
  await place.ctl('stop', 'stopped');
  void place.ctl('stop', 'stopping');
  void place.ctl('restart', 'restarting');
  await place.status('stopping', 'STOPPING');
  await place.status('restarting', 'STOPPING');
  await until('a third try', () => place.read('log').split("spawned: 'fails'").length > 3);
  await killDaemon(daemon);
  await place.start();
  const { out } = await place.ctl('status');
  expect(out).toMatch(/^stopped +STOPPED/m);
  expect(out).toMatch(/^later +STOPPED +Not started/m);
  expect(out).toMatch(/^fails +(BACKOFF|STARTING)/m);
  await place.status('stopping', 'STOPPED');
  await place.status('starting', 'RUNNING');
  expect(pidOf(await place.status('restarting', 'RUNNING'))).not.toBe(restarting);
  // The delay grows with each try: it was not begun again.
  const times = [...place.read('log').matchAll(/^\S+ (\S+),(\d+) INFO spawned: 'fails'/gm)].length;
  expect(times).toBeGreaterThan(2);
});

test('a program that ended meanwhile is judged by its real status, and its last words are in the log', async () => {
  await using place = new Place();
  place.conf(`[program:code]
command=/bin/sh -c "read x; echo last words; exit 42"
exitcodes=42
startsecs=0
stdout_logfile=${place.path('code')}
[program:signal]
command=/bin/sh -c "read x; kill -SEGV $$"
autorestart=false
startsecs=0
[program:again]
command=/bin/sh -c "read x; exit 7"
autorestart=unexpected
startsecs=0
`);
  const daemon = await place.start();
  for (const name of ['code', 'signal', 'again']) await place.status(name, 'RUNNING');
  const folder = stateOf(daemon);
  const names = ['code', 'signal', 'again'];
  const pids = await Promise.all(names.map(async (name) => pidOf(await place.status(name, 'RUNNING'))));
  const first = keeperOf(folder);
  await until(
    'the descriptors are held',
    () => keeperOf(folder) !== 0 && (first === 0 || isHeldBy(keeperOf(folder), pids)),
  );
  await killDaemon(daemon);
  // They read the end of their input once nobody has its other end.
  process.kill(keeperOf(folder), 'SIGSTOP');
  for (const pid of pids) execFileSync('/bin/sh', ['-c', `echo > /proc/${pid}/fd/0`]);
  await until('their ends', () => pids.every((pid) => !existsSync(`/proc/${pid}/exe`)));
  process.kill(keeperOf(folder), 'SIGCONT');
  await place.start();
  await place.status('code', 'EXITED');
  expect(place.read('code')).toBe('last words\n');
  expect(place.read('log')).toContain('exited: code (exit status 42; expected)');
  expect(place.read('log')).toContain('exited: signal (terminated by SIGSEGV; not expected)');
  expect(place.read('log')).toContain('exited: again (exit status 7; not expected)');
  expect(pidOf(await place.status('again', 'RUNNING'))).not.toBe(pids[2]);
});

function isHeldBy(keeper: number, pids: readonly number[]): boolean {
  try {
    const held = readdirSync(`/proc/${keeper}/fd`).map((fd) => readFileSync(`/proc/${keeper}/fdinfo/${fd}`, 'utf8'));
    return pids.every((pid) => held.some((info) => info.includes(`Pid:\t${pid}\n`)));
  } catch {
    return false;
  }
}

test('without the process that holds the descriptors, how a program ended is unknown, and says so', async () => {
  await using place = new Place();
  place.conf(`[program:p]
command=/bin/sleep 1000
startsecs=0
autorestart=false
`);
  const daemon = await place.start();
  const pid = pidOf(await place.status('p', 'RUNNING'));
  const folder = stateOf(daemon);
  await until('somebody holds the descriptors', () => keeperOf(folder) !== 0);
  await killDaemon(daemon);
  process.kill(keeperOf(folder), 'SIGKILL');
  process.kill(pid, 'SIGKILL');
  await until('the end', () => !existsSync(`/proc/${pid}`));
  await place.start();
  await place.status('p', 'EXITED');
  expect(place.read('log')).toContain('exited: p (exit status unknown: it ended while no daemon ran; not expected)');
});

test('the process that holds the descriptors is replaced when somebody kills it, and goes with the daemon', async () => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\n');
  const daemon = await place.start();
  const folder = stateOf(daemon);
  const first = await until('somebody holds the descriptors', () => keeperOf(folder));
  process.kill(first, 'SIGKILL');
  const second = await until('another one', () => (keeperOf(folder) === first ? 0 : keeperOf(folder)));
  await place.ctl('shutdown');
  await daemon.ended;
  await until('its end', () => !existsSync(`/proc/${second}/exe`));
  expect(existsSync(folder)).toBe(false);
});

test('a program that is not configured any more is stopped, and one whose command was changed is restarted', async () => {
  await using place = new Place();
  place.conf(
    '[program:gone]\ncommand=/bin/sleep 1001\nstartsecs=0\n[program:other]\ncommand=/bin/sleep 1002\nstartsecs=0\n',
  );
  const daemon = await place.start();
  const gone = pidOf(await place.status('gone', 'RUNNING'));
  const other = pidOf(await place.status('other', 'RUNNING'));
  await killDaemon(daemon);
  place.conf('[program:other]\ncommand=/bin/sleep 1003\nstartsecs=0\n');
  await place.start();
  await until('the end of the one', () => !existsSync(`/proc/${gone}/exe`));
  await until('another command', async () => {
    const pid = pidOf(await place.status('other', 'RUNNING'));
    return pid !== other && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('1003');
  });
  expect(existsSync(`/proc/${other}/exe`)).toBe(false);
});

test.each([
  ['torn', (text: string) => text.slice(0, -20)],
  ['empty', () => ''],
  ['of another version', (text: string) => text.replace('"format":1', '"format":99')],
  ['damaged', (text: string) => text.replace('processes/1', '\0')],
])('with a state that is %s no second copy is started', async (_, damage) => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=/bin/sh -c "while :; do echo x; sleep 0.05; done"\nstartsecs=0\n');
  const daemon = await place.start();
  const pid = pidOf(await place.status('p', 'RUNNING'));
  const folder = stateOf(daemon);
  await killDaemon(daemon);
  execFileSync('/bin/sh', ['-c', 'cat > "$1"', 'sh', `${folder}/state`], {
    input: damage(readFileSync(`${folder}/state`, 'utf8')),
  });
  await place.start();
  expect(pidOf(await place.status('p', 'RUNNING'))).toBe(pid);
});

test('the processes of a shared socket go on with it', async () => {
  await using place = new Place();
  const server = place.write(
    'server.py',
    `import socket, os
listening = socket.socket(fileno=0)
while True:
    connection, _ = listening.accept()
    connection.sendall(str(os.getpid()).encode())
    connection.close()
`,
  );
  const path = place.path('fcgi.sock');
  place.conf(`[fcgi-program:f]
command=python3 ${server}
socket=unix://${path}
process_name=%(process_num)s
numprocs=2
startsecs=0
`);
  const ask = () =>
    new Promise<string>((resolve, reject) => {
      let text = '';
      connect(path)
        .on('error', reject)
        .on('data', (bytes: Buffer) => (text += bytes.toString()))
        .on('close', () => resolve(text));
    });
  const daemon = await place.start();
  await place.status('f:0', 'RUNNING');
  const pids = (await place.ctl('status')).out.match(/pid \d+/g);
  await killDaemon(daemon);
  await place.start();
  expect((await place.ctl('status')).out.match(/pid \d+/g)).toEqual(pids);
  expect(pids).toContain(`pid ${await until('an answer', ask)}`);
  // The next ones get the same socket.
  await place.ctl('restart', 'f:*');
  const next = (await place.ctl('status')).out.match(/pid \d+/g);
  expect(next).not.toEqual(pids);
  expect(next).toContain(`pid ${await until('an answer', ask)}`);
});

test('an event listener is started anew, and hears the events of the next daemon', async () => {
  await using place = new Place();
  const listener = place.write(
    'listener',
    `#!/bin/sh
while :; do
  printf 'READY\\n'
  read header || exit 0
  head -c "\${header##*len:}" >> ${place.path('heard')}
  echo >> ${place.path('heard')}
  printf 'RESULT 2\\nOK'
done
`,
    0o755,
  );
  place.conf(`[eventlistener:ears]
command=${listener}
events=PROCESS_STATE
startsecs=0
[program:p]
command=/bin/sleep 1000
startsecs=0
autostart=false
`);
  const daemon = await place.start();
  await place.ctl('start', 'p');
  await until('an event', () => place.read('heard').includes('processname:p '));
  await killDaemon(daemon);
  await place.start();
  await place.status('p', 'RUNNING');
  await place.ctl('stop', 'p');
  const stop = /processname:p .*from_state:STOPPING/;
  expect(await until('the stop', () => stop.exec(place.read('heard')))).toHaveLength(1);
});

test('orphans=kill starts the programs anew', async () => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\n', 'orphans=kill');
  const daemon = await place.start();
  const pid = pidOf(await place.status('p', 'RUNNING'));
  await killDaemon(daemon);
  await place.start();
  await until('another one', async () => pidOf(await place.status('p', 'RUNNING')) !== pid);
  expect(existsSync(`/proc/${pid}/exe`)).toBe(false);
});

test('a shared socket that is not needed any more is held by nobody', async () => {
  await using place = new Place();
  const port = await freePort();
  place.conf(`[fcgi-program:f]
command=/bin/sleep 1000
socket=tcp://127.0.0.1:${port}
startsecs=0
startretries=0
`);
  const daemon = await place.start();
  const folder = stateOf(daemon);
  await place.status('f', 'RUNNING');
  await until('somebody holds it', () => keeperOf(folder) !== 0);
  await place.ctl('stop', 'f');
  await until('the port is free', () => isFree(port));
  expect((await place.ctl('start', 'f')).out).toBe('f: started\n');
});

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
