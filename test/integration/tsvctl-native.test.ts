import { expect, test } from 'vitest';
import { Place, runCommand } from '../support/tsvd.ts';

const tsvctl = new URL('../../dist/tsvctl', import.meta.url).pathname;

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
