import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const SLEEPER = '[program:p]\ncommand=sleep 1000\nstartsecs=0\n';
const isAlive = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};
const pidIn = (line: string): number => Number(/pid (\d+)/.exec(line)?.[1]);

test('a stale socket is replaced, a file that is none is left alone', async () => {
  await using place = new Place();
  const other = createServer().listen(place.socket);
  await until('the socket', () => existsSync(place.socket));
  // A server that closes removes its socket; one that was killed leaves it. So leave one.
  const node = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(place.path('x.sock'))}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  await new Promise((resolve) => node.once('exit', resolve));
  other.close();
  expect(statSync(place.path('x.sock')).isSocket()).toBe(true);
  place.conf(SLEEPER);
  execFileSync('mv', [place.path('x.sock'), place.socket]);
  await place.start();
  await place.status('p', 'RUNNING');

  await using second = new Place();
  second.conf(SLEEPER);
  second.write('s.sock', 'precious');
  const { code } = await second.run('-n', '-c', 'supervisord.conf');
  expect(code).toBe(2);
  expect(second.read('s.sock')).toBe('precious');
});

test('the socket is private, and no descriptor of the daemon reaches a child', async () => {
  await using place = new Place();
  place.conf(SLEEPER);
  await place.start();
  const pid = pidIn(await place.status('p', 'RUNNING'));
  expect(statSync(place.socket).mode & 0o777).toBe(0o700);
  expect(readdirSync(`/proc/${pid}/fd`)).toEqual(['0', '1', '2']);
});

test('reload with a broken file touches nothing, and says all that is wrong', async () => {
  await using place = new Place();
  place.conf(SLEEPER);
  const daemon = await place.start();
  const before = pidIn(await place.status('p', 'RUNNING'));
  place.conf(`${SLEEPER}[program:q]\ncommand=cat\nautostart=perhaps\nstartsecs=soon\n`);
  const wrong = [/ERRO not restarted: .*program:q.*autostart/, /ERRO not restarted: .*program:q.*startsecs/];
  daemon.child.kill('SIGHUP');
  await until('the refusal', () => wrong.every((line) => line.test(place.read('log'))));
  expect(pidIn(await place.status('p', 'RUNNING'))).toBe(before);
  const checked = (await place.run('-c', place.path('supervisord.conf'), '--check')).err.match(/^Error: .*$/gm) ?? [];
  expect(checked).toHaveLength(2);
  for (const command of ['reread', 'update', 'reload']) {
    const { out } = await place.ctl(command);
    expect(out.replaceAll('ERROR: CANT_REREAD: ', 'Error: ').trimEnd().split('\n')).toEqual(checked);
  }
  // Repaired, the same request goes through, under the same pid.
  place.conf(SLEEPER);
  daemon.child.kill('SIGHUP');
  await until('the second start', () => place.read('log').split('supervisord started with pid').length > 2);
  await place.status('p', 'RUNNING');
  expect(isAlive(before)).toBe(false);
  expect(place.read('pid')).toBe(`${daemon.child.pid}\n`);
});

test('two signals to end are one end, and the second does not cut the first short', async () => {
  await using place = new Place();
  place.conf(
    `[program:slow]\ncommand=/bin/sh -c "trap 'sleep 1; exit 0' TERM; echo up; while :; do sleep 0.1; done"\nstartsecs=0\nstdout_logfile=${place.path('out')}\n`,
  );
  const { child, ended } = await place.start();
  await until('the trap', () => place.read('out') === 'up\n');
  const pid = pidIn(await place.status('slow', 'RUNNING'));
  child.kill('SIGTERM');
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
  expect(isAlive(pid)).toBe(false);
  expect(place.read('log')).toContain('stopped: slow (exit status 0)');
});

test('daemonized, it returns once it is open, and an error of the start is told with its exit code', async () => {
  await using place = new Place();
  place.conf(SLEEPER);
  const { code, out, err } = await place.run('-c', 'supervisord.conf');
  expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
  const pid = Number(place.read('pid'));
  expect(existsSync(place.socket)).toBe(true);
  expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual(Array(3).fill('/dev/null'));
  const again = await place.run('-c', 'supervisord.conf', '-j', place.path('2.pid'), '-l', place.path('2.log'));
  expect(again.code).toBe(2);
  expect(again.err).toContain('Another program is already listening');
  expect((await place.ctl('shutdown')).out).toBe('Shut down\n');
  await until('its end', () => !isAlive(pid));
});

test('a killed program runs again at once, and status tells why a program cannot', async () => {
  await using place = new Place();
  place.conf(
    `[program:p]\ncommand=sleep 1000\nstartsecs=1\nautorestart=true\n[program:ghost]\ncommand=/no/such/program\nstartretries=0\n`,
  );
  await place.start();
  const first = pidIn(await place.status('p', 'RUNNING'));
  process.kill(first, 'SIGKILL');
  await until('another pid', async () => {
    const line = (await place.ctl('status', 'p')).out;
    return pidIn(line) > 0 && pidIn(line) !== first;
  });
  expect(place.read('log')).toMatch(/WARN exited: p \(terminated by SIGKILL; not expected\)/);
  expect(await place.status('ghost', 'FATAL')).toContain("can't find command '/no/such/program'");
});

test('a client is answered again and again while 300 programs start', async () => {
  await using place = new Place();
  place.conf(
    '[program:s]\ncommand=sleep 1000\nprocess_name=s%(process_num)03d\nnumprocs=300\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n',
  );
  await place.start();
  // A client in this process: starting one for each question would measure that.
  const { RpcClient } = await import('../../../plugins/control/client/index.ts');
  const client = new RpcClient({ serverurl: `unix://${place.socket}` });
  const running: number[] = [];
  await until('300 to run', async () => {
    const processes = await client.call('supervisor.getAllProcessInfo');
    running.push(JSON.stringify(processes).split('"statename":"RUNNING"').length - 1);
    return running.at(-1) === 300;
  });
  // A daemon that starts one after the other in one go would answer before the first and after the last.
  expect(new Set(running.filter((count) => count > 0 && count < 300)).size).toBeGreaterThan(3);
});

test('the environment of the launcher and of daemonizing does not reach a program', async () => {
  await using place = new Place();
  place.conf(
    `[program:p]\ncommand=/bin/sh -c "env > ${place.path('env')}.new; ulimit -Sn > ${place.path('limit')}; mv ${place.path('env')}.new ${place.path('env')}; sleep 1000"\nstartsecs=0\n`,
    'minfds=100',
  );
  const started = await runCommand(
    'sh',
    ['-c', `ulimit -Sn 600; exec ${new URL('../../../dist/tsvd', import.meta.url).pathname} -c supervisord.conf`],
    { cwd: place.folder },
  );
  expect(started.err).toBe('');
  const text = await until('the environment', () => place.read('env'));
  expect(text).not.toMatch(/^TSVD_/m);
  expect(place.read('limit')).toBe('600\n');
  const pid = Number(place.read('pid'));
  await place.ctl('shutdown');
  await until('its end', () => !isAlive(pid));
});

test('a daemon without a server and without a running program stays, until it is told to end', async () => {
  await using place = new Place();
  place.write('bare.conf', `[supervisord]\nlogfile=${place.path('log')}\npidfile=${place.path('pid')}\n`);
  const { code } = await place.run('-c', 'bare.conf');
  expect(code).toBe(0);
  const pid = Number(place.read('pid'));
  // It answers a signal well after everything that a start does is over.
  process.kill(pid, 'SIGHUP');
  await until('the second start', () => place.read('log').split('supervisord started with pid').length > 2);
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, 'SIGTERM');
  await until('its end', () => !isAlive(pid));
  expect(existsSync(place.path('pid'))).toBe(false);
});

test('a reload whose start fails brings the old configuration back', async () => {
  await using place = new Place();
  place.conf(SLEEPER);
  const { child } = await place.start();
  await place.status('p', 'RUNNING');
  place.conf(`${SLEEPER}[inet_http_server]\nport=192.0.2.1:9\n`); // an address that no machine has
  child.kill('SIGHUP');
  await until('the way back', () =>
    /CRIT the new configuration cannot be started.*192\.0\.2\.1/.test(place.read('log')),
  );
  expect(await place.status('p', 'RUNNING')).toContain('RUNNING');
});
