import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const TSVD = fileURLToPath(new URL('../../../dist/tsvd', import.meta.url));
const PLUGINS = fileURLToPath(new URL('../../../dist/plugins/index.js', import.meta.url));
const SLEEPER = '[program:p]\ncommand=sleep 1000\nstartsecs=0\n';

const isAlive = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};
const count = (text: string, part: string): number => text.split(part).length - 1;

/** A program whose pid is in the file `p.pid`, and a server, as a configuration that is code. `more`: lines of the module. */
function code(place: Place, more: string, plugin = ''): string {
  return place.write(
    'tsv.config.mjs',
    `import { existsSync, readFileSync, appendFileSync } from 'node:fs';
import { defineConfig, standardPlugins } from ${JSON.stringify(PLUGINS)};
${more}
export default defineConfig({
  plugins: [...(await standardPlugins())${plugin}],
  supervisord: { logfile: '${place.path('log')}', pidfile: '${place.path('pid')}', childlogdir: '${place.folder}' },
  unix_http_server: { file: '${place.socket}' },
  programs: { p: { command: ${JSON.stringify(`/bin/sh -c "echo $$ > ${place.path('p.pid')}; exec sleep 1000"`)}, startsecs: 0 } },
});
`,
  );
}
const pidOfP = (place: Place): number => Number(place.read('p.pid'));

test('signals that come close together end no daemon: HUP HUP, HUP USR2, HUP USR1, HUP ALRM', async () => {
  await using place = new Place();
  place.conf(SLEEPER);
  const { child } = await place.start();
  let restarts = 1;
  for (const second of ['SIGHUP', 'SIGUSR2', 'SIGUSR1', 'SIGALRM', 'SIGHUP'] as const) {
    for (const gapMs of [0, 3, 20, 60]) {
      child.kill('SIGHUP');
      const end = performance.now() + gapMs;
      while (performance.now() < end) child.kill(second);
      child.kill(second);
      await until('a restart', () => count(place.read('log'), 'supervisord started with pid') > restarts);
      restarts = count(place.read('log'), 'supervisord started with pid');
    }
  }
  await place.status('p', 'RUNNING');
  expect(child.exitCode ?? child.signalCode).toBeNull();
  expect(place.read('log')).toContain('WARN received SIGUSR1 indicating nothing; logs are reopened by SIGUSR2');
}, 60_000);

test('a SIGTERM that comes anywhere in a restart is obeyed, and no program is left', async () => {
  for (const gapMs of [0, 5, 20, 50, 100]) {
    await using place = new Place();
    code(place, '');
    const { child, ended } = await place.start(['-n', '-c', 'tsv.config.mjs']);
    await until('the program', () => pidOfP(place) > 0);
    child.kill('SIGHUP');
    await new Promise((resolve) => setTimeout(resolve, gapMs));
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(isAlive(pidOfP(place))).toBe(false);
  }
}, 60_000);

test('a restart uses the configuration that was checked: it is not evaluated again while everything is down', async () => {
  await using place = new Place();
  code(
    place,
    `const pid = existsSync('${place.path('p.pid')}') ? Number(readFileSync('${place.path('p.pid')}', 'utf8')) : 0;
await new Promise((resolve) => setTimeout(resolve, 300));
appendFileSync('${place.path('read')}', pid > 0 && existsSync('/proc/' + pid) ? 'up\\n' : 'down\\n');`,
  );
  const { child } = await place.start(['-n', '-c', 'tsv.config.mjs']);
  await until('the program', () => pidOfP(place) > 0);
  const before = pidOfP(place);
  const first = place.read('read').length;
  child.kill('SIGHUP');
  await until('the second start', () => count(place.read('log'), 'supervisord started with pid') === 2);
  await until('another program', () => pidOfP(place) !== before && pidOfP(place) > 0);
  expect(place.read('read').slice(first)).toMatch(/^(up\n)+$/);
});

test('a SIGTERM during the reading of the new configuration is obeyed, with exit code 0', async () => {
  await using place = new Place();
  code(
    place,
    `if (existsSync('${place.path('slow')}')) {
  appendFileSync('${place.path('reads')}', 'x');
  await new Promise((resolve) => setTimeout(resolve, 5_000));
}`,
  );
  const { child, ended } = await place.start(['-n', '-c', 'tsv.config.mjs']);
  await until('the program', () => pidOfP(place) > 0);
  place.write('slow', '');
  child.kill('SIGHUP');
  await until('the reading', () => existsSync(place.path('reads')));
  const from = performance.now();
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, err: '' });
  expect(performance.now() - from).toBeLessThan(4_000);
  expect(isAlive(pidOfP(place))).toBe(false);
});

test('SIGUSR1 opens no debugger at any moment of the start, and ends nothing', async () => {
  await using place = new Place();
  place.conf(SLEEPER);
  const child = spawn(TSVD, ['-n', '-c', place.path('supervisord.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const over = new Promise((resolve) => child.once('close', resolve));
  // Once the shell reads the launcher its first line is about to run; before that the signal would end the shell.
  await until('the launcher', () => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').includes('node'));
  await until('the start', () => {
    for (let burst = 0; burst < 20; burst += 1) child.kill('SIGUSR1');
    expect(child.signalCode).toBeNull();
    return place.read('log').includes('supervisord started with pid');
  });
  expect(err).not.toContain('Debugger listening');
  child.kill('SIGTERM');
  await over;
});

const PLUGIN = (hook: string, action: string): string =>
  `, { name: 'bad', apply({ hooks }) { hooks.${hook}.tap('bad', () => { ${action} }); } }`;

test('a plugin that calls process.exit: its line is in the log, and the programs end first', async () => {
  await using place = new Place();
  code(place, '', PLUGIN('spawned', 'setTimeout(() => process.exit(7), 300)'));
  const { ended } = await place.start(['-n', '-c', 'tsv.config.mjs']);
  expect((await ended).code).toBe(7);
  expect(isAlive(pidOfP(place))).toBe(false);
  expect(place.read('log')).toMatch(
    /CRIT process\.exit\(7\) was called; the daemon shuts down in order instead \(at .*\/tsv\.config\.mjs:\d+:\d+\)+\n/,
  );
  expect(place.read('log')).toContain('stopped: p (terminated by SIGTERM)');
});

test('a configuration that calls process.exit is refused by a daemon that runs', async () => {
  await using place = new Place();
  code(place, '');
  const { child } = await place.start(['-n', '-c', 'tsv.config.mjs']);
  await until('the program', () => pidOfP(place) > 0);
  code(place, 'process.exit(4);');
  child.kill('SIGHUP');
  await until('the refusal', () => /ERRO not restarted: .*process\.exit\(4\) was called/.test(place.read('log')));
  expect((await place.ctl('reread')).out).toContain('process.exit(4) was called');
  expect(isAlive(pidOfP(place))).toBe(true);
});

test('SIGTERM is obeyed while a plugin hangs in its start', async () => {
  await using place = new Place();
  code(
    place,
    '',
    `, { name: 'bad', apply({ hooks }) { hooks.start.tapPromise('bad', () => new Promise(() => undefined)); } }`,
  );
  const child = spawn(TSVD, ['-n', '-c', place.path('tsv.config.mjs')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const over = new Promise((resolve) => child.once('close', resolve));
  child.stdout.resume();
  child.stderr.resume();
  await until('the log', () => existsSync(place.path('log')));
  child.kill('SIGTERM');
  expect(await over).toBe(0);
  expect(place.read('log')).toContain('WARN received SIGTERM indicating exit request');
});
