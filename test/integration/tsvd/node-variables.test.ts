import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const launcher = new URL('../../../dist/tsvd', import.meta.url).pathname;
const tsvctl = new URL('../../../dist/tsvctl', import.meta.url).pathname;

/** What would break tsvd, or be taken by it. */
const variables = (place: Place) => ({
  NODE_OPTIONS: `--require ${place.path('no such "file"')} --inspect`,
  NODE_PATH: place.folder,
  NODE_DEBUG: 'fs,module',
  NODE_DEBUG_NATIVE: 'all',
  NODE_V8_COVERAGE: place.path('coverage'),
  NODE_REDIRECT_WARNINGS: place.path('warnings'),
  NODE_PENDING_DEPRECATION: '1',
  NODE_PRESERVE_SYMLINKS: '1',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_COMPILE_CACHE: place.path('cache'),
  UV_THREADPOOL_SIZE: '1',
  OPENSSL_CONF: '/etc/passwd',
});

/** The environment of a process, as the kernel has it. */
const environmentOf = (pid: number | undefined) =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );

test.each([
  ['in the foreground', 'true'],
  ['as a daemon', 'false'],
])('what Node reads is for the programs: tsvd %s and tsvctl neither obey it nor keep it', async (_name, nodaemon) => {
  await using place = new Place();
  const given = variables(place);
  const file = place.conf(
    `[program:web]\ncommand=sleep 1000\nenvironment=COPY="%(ENV_UV_THREADPOOL_SIZE)s"\n`,
    `nodaemon=${nodaemon}\n`,
  );
  const env = { ...process.env, ...given, NODE_EXTRA_CA_CERTS: '/etc/hostname' };
  const ctl = (...args: string[]) => runCommand(tsvctl, ['-c', file, ...args], { cwd: place.folder, env });
  const started =
    nodaemon === 'true' ? await place.start(['-c', file], env) : await runCommand(launcher, ['-c', file], { env });
  try {
    expect('err' in started && typeof started.err === 'string' ? started.err : '').toBe('');
    const pid = Number((await until('the pid', async () => (await ctl('pid', 'web')).out.trim())) || 0);
    expect(environmentOf(pid)).toMatchObject({ ...given, COPY: '1', NODE_EXTRA_CA_CERTS: '/etc/hostname' });
    expect(Object.keys(environmentOf(pid)).filter((name) => name !== 'TSV_CHILD' && /^TSVD?_/.test(name))).toEqual([]);
    const daemon = environmentOf(Number((await ctl('pid')).out));
    expect(Object.keys(daemon).filter((name) => name in given)).toEqual([]);
    expect(daemon['NODE_EXTRA_CA_CERTS']).toBe('/etc/hostname');
    expect(['coverage', 'warnings', 'cache'].filter((name) => existsSync(place.path(name)))).toEqual([]);
  } finally {
    await ctl('shutdown');
  }
  await until('the end', () => !existsSync(place.socket));
});

test('the code of a configuration is read without them, and what it sets itself goes to the programs', async () => {
  await using place = new Place();
  const file = place.write(
    'tsv.config.ts',
    `if (process.env.NODE_OPTIONS !== undefined) throw new Error('seen');
     process.env.NODE_PATH = '/from/the/code';
     export default { programs: { web: { command: 'sleep 1000' } }, unix_http_server: { file: '${place.socket}' },
       supervisord: { logfile: '${place.path('log')}', pidfile: '${place.path('pid')}' } };`,
  );
  await place.start(['-n', '-c', file], variables(place));
  const { out } = await place.ctl('pid', 'web');
  expect(environmentOf(Number(out))).toMatchObject({ ...variables(place), NODE_PATH: '/from/the/code' });
});

test('without node on the PATH the one beside the command is taken', async () => {
  await using place = new Place();
  for (const name of ['bin', 'tools']) mkdirSync(place.path(name));
  symlinkSync(launcher, place.path('bin/tsvd'));
  symlinkSync(process.execPath, place.path('bin/node'));
  const readlink = spawnSync('sh', ['-c', 'command -v readlink']).stdout.toString().trim();
  symlinkSync(readlink, place.path('tools/readlink'));
  const env = { PATH: place.path('tools') };
  expect(await runCommand(place.path('bin/tsvd'), ['-v'], { env })).toMatchObject({ code: 0, err: '' });
});

test('a node that is not there is said, with what to do', async () => {
  const { code, err } = await runCommand(launcher, ['-v'], { env: { ...process.env, TSV_NODE: '/no/such/node' } });
  expect([code, err]).toEqual([127, 'tsvd: cannot find Node.js: /no/such/node; name it with TSV_NODE=/path/to/node\n']);
});
