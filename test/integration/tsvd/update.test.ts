import { RpcClient } from '../../../plugins/control/client/index.ts';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const program = (name: string, options = '', seconds = 1000): string =>
  `[program:${name}]\ncommand=sleep ${seconds}\nstartsecs=0\n${options}\n`;
const pidOf = async (place: Place, name: string): Promise<number> =>
  Number(/pid (\d+)/.exec(await place.status(name, 'RUNNING'))?.[1]);

test('a changed member of a group is restarted; its siblings, and what changed live, keep their pids', async () => {
  await using place = new Place();
  const group = '[group:g]\nprograms=a,b\n';
  place.conf(program('a') + program('b') + program('c') + group);
  await place.start();
  const before = [await pidOf(place, 'g:a'), await pidOf(place, 'g:b'), await pidOf(place, 'c')];
  place.conf(program('a') + program('b', '', 2000) + program('c', 'stopsignal=QUIT') + program('new') + group);

  const plan = await place.ctl('update', '--dry-run');
  expect(plan).toMatchObject({ code: 0 });
  expect(plan.out).toBe(`c: changes at once, without a restart
    stopsignal: TERM → QUIT
g:b: to be restarted
    command: sleep 1000 → sleep 2000
new: to be added
1 process stays as it is
`);
  expect(await pidOf(place, 'g:b')).toBe(before[1]);
  expect((await place.ctl('avail')).out).not.toContain('new'); // nothing was taken note of

  const { code, out } = await place.ctl('update');
  expect([code, out]).toEqual([
    0,
    'c: updated process group\ng: stopped\ng: updated process group\nnew: added process group\n',
  ]);
  const after = [await pidOf(place, 'g:a'), await pidOf(place, 'g:b'), await pidOf(place, 'c')];
  expect([after[0], after[2]]).toEqual([before[0], before[2]]);
  expect(after[1]).not.toBe(before[1]);
  await place.status('new', 'RUNNING');
  expect((await place.ctl('update', '--dry-run')).out).toBe('No changes\n');

  expect((await place.ctl('stop', 'c')).code).toBe(0);
  expect(place.read('log')).toMatch(/stopped: c \(terminated by SIGQUIT/);
});

test('a process that somebody stopped stays stopped, and has the new configuration at its next start', async () => {
  await using place = new Place();
  place.conf(program('p'));
  await place.start();
  await place.status('p', 'RUNNING');
  await place.ctl('stop', 'p');
  place.conf(
    program('p', `stdout_logfile=${place.path('new.log')}`).replace('sleep 1000', 'sh -c "echo new; sleep 9"'),
  );
  expect((await place.ctl('update', '--dry-run')).out).toContain('p: changes at its next start\n');
  expect((await place.ctl('update')).code).toBe(0);
  await place.status('p', 'STOPPED');
  await place.ctl('start', 'p');
  await until('the new log', () => place.read('new.log') === 'new\n');
});

test('new limits of a log act on the child that writes it; a new log comes with the restart', async () => {
  await using place = new Place();
  const writer = 'while :; do echo 0123456789012345678901234567890123456789; sleep 0.02; done';
  const conf = (log: string, limits: string): string =>
    place.conf(
      `[program:w]\ncommand=sh -c "${writer}"\nstartsecs=0\nstopasgroup=true\nstdout_logfile=${place.path(log)}\n${limits}\n`,
    );
  conf('w.log', '');
  await place.start();
  const pid = await pidOf(place, 'w');
  await until('output', () => place.read('w.log').length > 400);
  expect(readdirSync(place.folder)).not.toContain('w.log.1');
  conf('w.log', 'stdout_logfile_maxbytes=200\nstdout_logfile_backups=1');
  await place.ctl('update');
  await until('a rotation', () => place.read('w.log.1') !== '');
  expect(await pidOf(place, 'w')).toBe(pid);

  conf('other.log', ''); // not rotated: a tail right after a rotation is empty
  await place.ctl('update');
  await until('output in the new log', () => place.read('other.log') !== '');
  expect(await pidOf(place, 'w')).not.toBe(pid);
  expect((await place.ctl('tail', 'w')).out).toContain('0123');
});

test('an AUTO log stays the same file when something else changes, and goes when it is none any more', async () => {
  await using place = new Place();
  const autoLogs = (): string[] => readdirSync(place.folder).filter((name) => name.includes('-stdout---'));
  place.conf(program('p', 'environment=A="1"'));
  await place.start();
  await place.status('p', 'RUNNING');
  const [before] = autoLogs();
  place.conf(program('p', 'environment=A="2"\nstderr_logfile=NONE'));
  await place.ctl('update');
  await place.status('p', 'RUNNING');
  expect(autoLogs()).toEqual([before]);
  place.conf(program('p', 'environment=A="2"\nstdout_logfile=NONE\nstderr_logfile=NONE'));
  await place.ctl('update');
  await place.status('p', 'RUNNING');
  expect(autoLogs()).toEqual([]);
});

test('numprocs adds and removes processes, and leaves the others', async () => {
  await using place = new Place();
  const conf = (count: number): string =>
    place.conf(program('p', `numprocs=${count}\nprocess_name=%(program_name)s_%(process_num)d`));
  conf(2);
  await place.start();
  const pid = await pidOf(place, 'p:p_0');
  conf(3);
  await place.ctl('update');
  await place.status('p:p_2', 'RUNNING');
  conf(1);
  await place.ctl('update');
  expect((await place.ctl('status')).out.trim().split('\n')).toHaveLength(1);
  expect(await pidOf(place, 'p:p_0')).toBe(pid);
});

test('an event listener pool takes members in and lets them go; new events replace it', async () => {
  await using place = new Place();
  const listener = `while :; do printf 'READY\\n'; read -r h || exit; head -c "$(echo "$h" | sed 's/.*len://')" >/dev/null; printf 'RESULT 2\\nOK'; done`;
  const file = place.write('listen.sh', listener);
  const conf = (count: number, events: string): string =>
    place.conf(
      `[eventlistener:l]\ncommand=sh ${file}\nevents=${events}\nstartsecs=0\nnumprocs=${count}\nprocess_name=%(process_num)d\n`,
    );
  conf(1, 'PROCESS_STATE');
  await place.start();
  const pid = await pidOf(place, 'l:0');
  conf(2, 'PROCESS_STATE');
  expect((await place.ctl('update')).out).toBe('l: updated process group\n');
  await place.status('l:1', 'RUNNING');
  conf(1, 'PROCESS_STATE');
  await place.ctl('update');
  expect(await pidOf(place, 'l:0')).toBe(pid);
  conf(1, 'TICK_5');
  expect((await place.ctl('update')).out).toBe('l: stopped\nl: updated process group\n');
  expect(await pidOf(place, 'l:0')).not.toBe(pid);
});

test('no secret leaves the daemon: variables are named, passwords only said to have changed', async () => {
  await using place = new Place();
  const conf = (secret: string): string =>
    place.conf(
      `${program('p', `environment=TOKEN="${secret}"`)}[inet_http_server]\nport=127.0.0.1:0\nusername=u\npassword=${secret}\n`.replace(
        '127.0.0.1:0',
        `127.0.0.1:${20_000 + (process.pid % 20_000)}`,
      ),
    );
  conf('hush-one');
  await place.start();
  conf('hush-two');
  const { out } = await place.ctl('update', '--dry-run');
  expect(out).toContain('    environment.TOKEN: changed (its value is not shown)\n');
  expect(out).toContain('    [inet_http_server] password: changed (its value is not shown)\n');
  const everything =
    out + (await place.ctl('update', '--dry-run', '--json')).out + (await place.ctl('--json', 'update')).out;
  expect(everything).not.toContain('hush');
  expect(place.read('log')).not.toContain('hush');
});

test('a configuration with errors is no update: the reason is told, and everything runs on', async () => {
  await using place = new Place();
  place.conf(program('p'));
  await place.start();
  const pid = await pidOf(place, 'p');
  place.conf(`${program('p', '', 2000)}[program:q]\nautostart=perhaps\n`);
  for (const words of [['update'], ['update', '--dry-run']]) {
    const { code, out } = await place.ctl(...words);
    expect(code).toBe(1);
    expect(out).toMatch(/CANT_REREAD.*program:q/);
  }
  expect(await pidOf(place, 'p')).toBe(pid);
});

test('a name that is no group is a fault, and nothing is updated', async () => {
  await using place = new Place();
  place.conf(program('p'));
  await place.start();
  place.conf(program('p', '', 2000));
  const rpc = new RpcClient({ serverurl: `unix://${place.socket}` });
  await expect(rpc.call('tsv.update', ['p', 'nope'])).rejects.toThrow('BAD_NAME');
  expect(await rpc.call('tsv.planUpdate')).toMatchObject({
    file: place.path('supervisord.conf'),
    changed: ['p'],
    entries: [{ kind: 'restart', group: 'p', name: 'p' }],
  });
  expect(await rpc.call('system.listMethods')).not.toContain('tsv.update');
});

test('tsvd --check --diff shows what the daemon on this file would change, and says why it cannot', async () => {
  await using place = new Place();
  place.conf(program('p'));
  const diff = (...more: string[]) => place.run('--check', '--diff', ...more);
  const noDaemon = await diff('-c', 'supervisord.conf');
  expect(noDaemon.code).toBe(2);
  expect(noDaemon.err).toMatch(/^Error: no daemon answers at unix:.*--check --diff OLD_FILE/);

  await place.start();
  expect(await diff('-c', 'supervisord.conf')).toMatchObject({ code: 0, out: 'No changes\n' });
  place.conf(program('p', 'stopwaitsecs=3'));
  expect(await diff('-c', 'supervisord.conf')).toMatchObject({
    code: 0,
    out: 'p: changes at once, without a restart\n    stopwaitsecs: 10 → 3\n0 processes stay as they are\n',
  });
  place.write('copy.conf', place.read('supervisord.conf'));
  expect((await diff('-c', 'copy.conf')).err).toContain('supervisord.conf, not on');
});

test('tsvd --check --diff OLD_FILE compares two files without a daemon', async () => {
  await using place = new Place();
  place.conf(program('p') + program('q', 'umask=022'));
  place.write('old.conf', place.read('supervisord.conf'));
  place.conf(program('p', 'autorestart=true') + program('q', 'umask=027'), 'loglevel=debug');
  const { code, out } = await place.run('--check', '--diff', 'old.conf', '-c', 'supervisord.conf');
  expect([code, out]).toEqual([
    0,
    `p: changes at once, without a restart
    autorestart: unexpected → true
q: to be restarted
    umask: 0022 → 0027
daemon: not changed by an update; takes a restart of the daemon (tsvctl reload)
    [supervisord] loglevel: info → debug
0 processes stay as they are
`,
  ]);
  const json = await place.run('--check', '--diff', 'old.conf', '--json', '-c', 'supervisord.conf');
  expect(JSON.parse(json.out)).toMatchObject({ changed: ['p', 'q'], unchanged: 0 });
  place.write('broken.conf', '[supervisord]\n[program:p]\n');
  expect(await place.run('--check', '--diff', 'broken.conf', '-c', 'supervisord.conf')).toMatchObject({
    code: 2,
    out: '',
  });
});
