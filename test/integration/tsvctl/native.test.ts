import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const tsvctl = new URL('../../../dist/tsvctl', import.meta.url).pathname;

/** Every format that tsvd reads tells tsvctl where the daemon is, and its password. */
test.each([
  ['tsv.config.mjs', (config: object) => `export default ${JSON.stringify(config)};\n`],
  ['tsv.config.json', (config: object) => JSON.stringify(config)],
  ['tsv.config.yaml', (config: object) => JSON.stringify(config)],
])('tsvctl finds the daemon of a %s, with -c and without', async (name, print) => {
  await using place = new Place();
  const config = {
    supervisord: { nodaemon: true, logfile: place.path('log'), pidfile: place.path('pid') },
    unix_http_server: { file: place.socket, username: 'me', password: 'hunter2' },
    programs: { web: { command: 'sleep 1000', startsecs: 0 } },
  };
  const file = place.write(name, print(config));
  await place.start(['-n', '-c', file]);
  for (const options of [['-c', file], []]) {
    const { out } = await runCommand(tsvctl, [...options, 'pid'], { cwd: place.folder });
    expect(Number(out)).toBeGreaterThan(0);
  }
});

test('the section supervisorctl wins over the server, and the command line over both', async () => {
  await using place = new Place();
  const config = {
    supervisorctl: { serverurl: 'unix:///nowhere/a.sock' },
    unix_http_server: { file: '/nowhere/b.sock' },
  };
  place.write('tsv.config.json', JSON.stringify(config));
  const url = async (...args: string[]) => (await runCommand(tsvctl, [...args, 'pid'], { cwd: place.folder })).out;
  expect(await url('-c', 'tsv.config.json')).toContain('unix:///nowhere/a.sock');
  expect(await url('-c', 'tsv.config.json', '-s', 'unix:///nowhere/c.sock')).toContain('unix:///nowhere/c.sock');
});

test('a configuration that is refused says so, and no daemon is asked', async () => {
  await using place = new Place();
  place.write('tsv.config.json', '{"unix_http_server":{"fiel":"/x"}}');
  const { code, err } = await runCommand(tsvctl, ['-c', 'tsv.config.json', 'pid'], { cwd: place.folder });
  expect(code).toBe(2);
  expect(err).toContain('unix_http_server.fiel: unknown option; did you mean file?');
});

describe('a configuration that has been broken while its daemon runs', () => {
  const print = (place: Place): string => `export default {
    supervisord: { nodaemon: true, logfile: '${place.path('log')}', pidfile: '${place.path('pid')}' },
    unix_http_server: { file: '${place.socket}' },
    programs: { web: { command: 'sleep 1000', startsecs: 0 } },
  };\n`;

  test.each([
    ['a syntax error', 'export default {', 'syntax error'],
    ['a wrong option', 'export default { programs: { web: { comand: "x" } } };', 'did you mean command?'],
    ['an error', 'throw new Error("not today");', 'not today'],
    ['an end of the process', 'console.log("bye"); process.exit(1); export default {};', 'process.exit(1) was called'],
    ['no end', 'await new Promise(() => undefined); export default {};', 'waits for something that never happens'],
    ['no file', undefined, 'no such file'],
  ])('is a warning: %s', async (_, text, words) => {
    await using place = new Place();
    const file = place.write('tsv.config.mjs', print(place));
    const { child } = await place.start(['-n', '-c', file]);
    if (text === undefined) rmSync(file);
    else place.write('tsv.config.mjs', text);
    const run = (...args: string[]) => runCommand(tsvctl, ['-c', file, ...args], { cwd: place.folder });
    expect(await run('pid')).toEqual({
      code: 0,
      out: `${child.pid}\n`,
      err: expect.stringContaining(`Warning: ${file}`),
    });
    const { out, err } = await run('stop', 'web');
    expect({ out, err }).toEqual({ out: 'web: stopped\n', err: expect.stringContaining(words) });
    expect((await run('-s', `unix://${place.socket}`, 'pid')).out).toBe(`${child.pid}\n`);
    expect((await run('shutdown')).out).toBe('Shut down\n');
    await until('the end', () => child.exitCode !== null);
    expect(await run('pid')).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) });
  });

  test('and two daemons of it: tsvctl names them', async () => {
    await using place = new Place();
    await using other = new Place();
    place.write('tsv.config.mjs', print(place).replaceAll(place.folder, '${process.env.PLACE}').replaceAll("'", '`'));
    const file = place.path('tsv.config.mjs');
    await place.start(['-n', '-c', file], { PLACE: place.folder });
    await other.start(['-n', '-c', file], { PLACE: other.folder });
    place.write('tsv.config.mjs', 'broken');
    const { code, err } = await runCommand(tsvctl, ['-c', file, 'pid']);
    expect(code).toBe(2);
    for (const { socket } of [place, other]) expect(err).toContain(`-s unix://${socket} (pid `);
  });

  test('a supervisord.conf without what tsvctl reads in it', async () => {
    await using place = new Place();
    const file = place.conf('');
    const { child } = await place.start();
    place.write('supervisord.conf', '[supervisord]\n');
    expect(await runCommand(tsvctl, ['-c', file, 'pid'])).toEqual({
      code: 0,
      out: `${child.pid}\n`,
      err: 'Warning: .ini file does not include supervisorctl section\n',
    });
  });
});
