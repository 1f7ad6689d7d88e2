import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Place, runCommand, type Outcome } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const dist = new URL('../../../dist/', import.meta.url).pathname;
const NOBODY = 65_534;

/** A folder that is the home of somebody who is not root. */
function home(place: Place): NodeJS.ProcessEnv {
  for (const folder of ['home', 'run', 'project']) mkdirSync(place.path(folder));
  if (process.getuid?.() === 0)
    for (const folder of ['home', 'run', 'project']) chownSync(place.path(folder), NOBODY, NOBODY);
  chmodSync(place.path('run'), 0o700);
  return { PATH: process.env['PATH'], HOME: place.path('home'), XDG_RUNTIME_DIR: place.path('run') };
}

/** Runs as nobody where we are root, as ourselves elsewhere. */
function asUser(place: Place, env: NodeJS.ProcessEnv, name: 'tsvd' | 'tsvctl', ...args: string[]): Promise<Outcome> {
  const su = process.getuid?.() === 0 ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const [file = '', ...rest] = [...su, `${dist}${name}`, ...args];
  return runCommand(file, rest, { cwd: place.path('project'), env });
}

const page = readFileSync(new URL('../../../docs/deploy/without-root.md', import.meta.url), 'utf8');

test('the commands of docs/deploy/without-root.md: socket, pidfile and log are the user’s own, and tsvctl finds them', async () => {
  await using place = new Place();
  const env = home(place);
  const [, example = ''] = /^```ts\n([^]*?)^```$/m.exec(page) ?? [];
  const [, commands = ''] = /^```sh\n([^]*?)^```$/m.exec(page) ?? [];
  // What `defineConfig` does when it runs; tsvisor is not installed beside this file.
  place.write('project/tsv.config.mjs', example.replace(/^import .*$/m, 'const defineConfig = (config) => config;'));
  const lines = commands
    .trim()
    .split('\n')
    .map((line) => line.replace('tsv.config.ts', 'tsv.config.mjs').split(' '));
  expect(lines.map(([program]) => program)).toEqual(['tsvd', 'tsvctl', 'tsvctl']);
  const [[, ...start] = [], [, ...status] = [], [, ...shutdown] = []] = lines;

  expect(await asUser(place, env, 'tsvd', ...start)).toMatchObject({ code: 0, err: '' });
  const pid = Number(place.read('run/tsvisor/tsvd.pid'));
  expect(pid).toBeGreaterThan(0);
  expect(statSync(place.path('run/tsvisor')).mode & 0o777).toBe(0o700);
  expect(existsSync(place.path('home/.local/state/tsvisor/tsvd.log'))).toBe(true);
  await until('web to run', async () => (await asUser(place, env, 'tsvctl', ...status)).out.includes('RUNNING'));
  // From anywhere else, too.
  const elsewhere = await asUser(
    place,
    { ...env, PWD: '/' },
    'tsvctl',
    '-s',
    `unix://${place.path('run/tsvisor/tsvd.sock')}`,
    'pid',
  );
  expect(elsewhere.out.trim()).toBe(String(pid));
  expect(await asUser(place, env, 'tsvctl', ...shutdown)).toMatchObject({ code: 0, out: 'Shut down\n' });
  await until('the end', () => place.read('run/tsvisor/tsvd.pid') === '');
});

test('a home that may not be written says which directory, which user, and what to do', async () => {
  await using place = new Place();
  const env = home(place);
  place.write('project/tsv.config.json', '{}');
  mkdirSync(place.path('closed'), { mode: 0o555 });
  const bare = { PATH: env['PATH'], HOME: place.path('closed') };
  const { code, err } = await asUser(place, bare, 'tsvd', '-n', '-c', 'tsv.config.json');
  expect(code).toBe(2);
  expect(err).toMatch(/cannot use the directory .*closed\/\.local\/state\/tsvisor as user \d+: .*EACCES/);
  expect(err).toContain('let HOME, XDG_STATE_HOME or XDG_RUNTIME_DIR name one that this user may write');
});

test('a program that takes away the rights on its stdout takes them from no later run', async () => {
  await using place = new Place();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(place.folder, NOBODY, NOBODY);
  const switching = isRoot ? `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups` : '';
  const asNobody = place.write('as-nobody', `#!/bin/sh\nexec ${switching} "$@"\n`, 0o755);
  const script = place.write('once', '#!/bin/sh\necho a run; chmod 0 /dev/stdout /dev/stderr\n', 0o755);
  place.conf(`[program:p]
command=${script}
autostart=false
autorestart=false
startsecs=0
stdout_logfile=${place.path('out')}
`);
  await place.start(undefined, undefined, asNobody);
  for (let run = 1; run <= 2; run += 1) {
    expect((await place.ctl('start', 'p')).out).toBe('p: started\n');
    await until('the run', () => place.read('out') === 'a run\n'.repeat(run));
    await place.status('p', 'EXITED');
  }
});
