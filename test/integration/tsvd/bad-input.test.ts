import { chownSync, existsSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';

/** Refused: exit code 2, one clear error with all of these words, and nothing was started. */
async function refused(place: Place, args: string[], ...words: (string | RegExp)[]): Promise<string> {
  const { code, out, err } = await place.run(...args);
  expect({ code, out }, err).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^Error: /);
  for (const word of words) expect(err).toMatch(word);
  expect(existsSync(place.path('pid'))).toBe(false);
  expect(place.read('started')).toBe('');
  return err;
}

const PROGRAM = '[program:p]\ncommand=/bin/sh -c "echo > started; sleep 1000"\n';
const native = (place: Place, body: string) =>
  place.write('tsv.config.ts', `export default { supervisord: { nodaemon: true }, ${body} };\n`);

test('a configuration that is not there is named', async () => {
  await using place = new Place();
  await refused(place, ['-n', '-c', 'nope.conf'], /nope\.conf/);
});

test.skipIf(process.getuid?.() === 0)('a configuration that may not be read says so', async () => {
  await using place = new Place();
  place.write('secret.conf', PROGRAM, 0o000);
  await refused(place, ['-n', '-c', 'secret.conf'], /secret\.conf/, /permission/i);
});

test('a syntax error in tsv.config.ts is shown with its position', async () => {
  await using place = new Place();
  place.write('tsv.config.ts', 'export default {\n  programs: { web: { command: } },\n};\n');
  await refused(place, ['-n', '-c', 'tsv.config.ts'], /tsv\.config\.ts:2:\d+/);
});

test('an unknown option in tsv.config.ts is an error that names the nearest known one', async () => {
  await using place = new Place();
  native(place, "programs: { p: { command: 'sleep 1', startsec: 3 } }");
  await refused(place, ['-n', '-c', 'tsv.config.ts'], /startsec\b/, /did you mean startsecs/);
});

test('an unknown option in supervisord.conf is a warning that names the nearest known one', async () => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=sleep 1000\nstartsec=3\n');
  const { code, err } = await place.run('--check', '-c', 'supervisord.conf');
  expect(code).toBe(0);
  expect(err).toMatch(/^Warning: .*supervisord\.conf:\d+: \[program:p\] startsec.*did you mean startsecs/m);
});

test('an option whose plugin is not enabled says which plugin to enable', async () => {
  await using place = new Place();
  native(place, "plugins: [], programs: { p: { command: 'sleep 1', autorestart: true } }");
  await refused(place, ['-n', '-c', 'tsv.config.ts'], /autorestart/, /enable|add/);
});

test('a program without a command, a duplicate one in an included file', async () => {
  await using place = new Place();
  native(place, 'programs: { p: { autostart: true } }');
  await refused(place, ['-n', '-c', 'tsv.config.ts'], /programs?[.:]p/, /command/);
  place.write('more.json', JSON.stringify({ programs: { p: { command: 'sleep 1' } } }));
  native(place, "include: ['more.json'], programs: { p: { command: 'sleep 1' } }");
  await refused(place, ['-n', '-c', 'tsv.config.ts'], /programs\.p/, /already defined in .*tsv\.config\.ts/);
});

test('a log directory that does not exist, or cannot be written', async () => {
  await using place = new Place();
  place.conf(`${PROGRAM}stdout_logfile=/no/such/dir/p.log\n`);
  await refused(
    place,
    ['-n', '-c', 'supervisord.conf'],
    /program:p/,
    /stdout_logfile/,
    /\/no\/such\/dir/,
    /does not exist/,
  );
});

test('a socket that a living daemon serves is refused, and that daemon is not disturbed', async () => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=sleep 1000\nstartsecs=0\n');
  await place.start();
  const before = await place.status('p', 'RUNNING');
  const { code, err } = await place.run('-n', '-c', 'supervisord.conf', '-j', 'other.pid', '-l', 'other.log');
  expect(code).toBe(2);
  expect(err).toContain('Another program is already listening');
  expect(existsSync(place.path('other.pid'))).toBe(false);
  expect(await place.status('p', 'RUNNING')).toContain(/pid \d+/.exec(before)?.[0] ?? '?');
});

test('a plugin that throws in apply, or refuses to start, is named', async () => {
  await using place = new Place();
  native(place, "plugins: [{ name: 'broken', apply() { throw new Error('no licence'); } }], programs: {}");
  await refused(place, ['-n', '-c', 'tsv.config.ts'], 'plugin broken cannot be applied: no licence');
  native(
    place,
    "plugins: [{ name: 'shy', apply: (s) => s.hooks.start.tapPromise('shy', async () => { throw new Error('not today'); }) }], programs: { p: { command: 'touch started' } }",
  );
  await refused(place, ['-n', '-c', 'tsv.config.ts'], 'plugin shy failed in hook start: not today');
});

test('what is wrong is told all at once', async () => {
  await using place = new Place();
  place.conf('[program:a]\ncommand=sleep 1\nstopsignal=FOO\n[program:b]\nautostart=perhaps\n');
  const err = await refused(place, ['-n', '-c', 'supervisord.conf'], /FOO/, /perhaps/, /program:b.*command/);
  expect(err.match(/^Error: /gm)?.length).toBe(3);
});

test('a password is not shown by an error about its neighbour', async () => {
  await using place = new Place();
  place.write('x.conf', '[supervisord]\n[inet_http_server]\nport=nonsense\nusername=u\npassword=hunter2\n');
  const err = await refused(place, ['-n', '-c', 'x.conf'], /nonsense/);
  expect(err).not.toContain('hunter2');
});

test('a configuration that ends the process, never settles, or exports nothing is an error', async () => {
  await using place = new Place();
  place.write('exits.mjs', 'process.exit(0);\n');
  await refused(
    place,
    ['-n', '-c', 'exits.mjs'],
    /exits\.mjs:\d+:\d+: the configuration threw an error: process\.exit\(\d*\) was called; a configuration may not end tsvd/,
  );
  place.write('never.mjs', 'export default await new Promise(() => {});\n');
  await refused(place, ['-n', '-c', 'never.mjs'], /never\.mjs: it waits for something that never happens/);
  place.write('nothing.mjs', 'const x = 1;\n');
  const { code, err } = await place.run('--check', '-c', 'nothing.mjs');
  expect(code).toBe(2);
  expect(err).toMatch(/nothing\.mjs.*has to export a configuration/);
});

test('an apply that is async is refused: what it rejects with would be nobody’s', async () => {
  await using place = new Place();
  native(place, "plugins: [{ name: 'later', async apply() { throw new Error('unseen'); } }], programs: {}");
  await refused(place, ['-n', '-c', 'tsv.config.ts'], /plugin later cannot be applied: apply returned a promise/);
});

test('a public port with an empty password is as open as one without', async () => {
  await using place = new Place();
  native(place, "inet_http_server: { port: '0.0.0.0:19341', username: '', password: '' }, programs: {}");
  await refused(place, ['-n', '-s', '-c', 'tsv.config.ts'], /without a password/);
});

test.skipIf(process.getuid?.() !== 0)(
  'root does not run a configuration by a link into somebody else’s folder',
  async () => {
    await using place = new Place();
    place.write('theirs/tsv.config.mjs', 'export default {};\n');
    chownSync(place.path('theirs'), 65534, 65534);
    symlinkSync(place.path('theirs/tsv.config.mjs'), place.path('tsv.config.mjs'));
    await refused(place, ['-n', '-c', 'tsv.config.mjs'], /belongs to user 65534/);
  },
);
