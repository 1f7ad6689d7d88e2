import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { ClientConfigError, findDaemon, readCtlSection } from '../../../../../plugins/control/client/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tsvctl-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (file: string) => readCtlSection(file, process.env);

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('the section is read with its comments, expansions and paths', async () => {
  vi.stubEnv('TSV_TEST_SECRET', 'a;b#c');
  const file = write(
    'full.conf',
    '[supervisorctl]\nserverurl = unix://%(here)s/../x.sock ; the socket\nusername: me\n' +
      'password=%(ENV_TSV_TEST_SECRET)s\nprompt=100%%\nhistory_file=~/.history\n[supervisord]\nprompt=other\n',
  );
  expect(await read(file)).toEqual({
    serverurl: `unix://${tmpdir()}/x.sock`,
    username: 'me',
    password: 'a;b#c',
    prompt: '100%',
    history_file: join(process.env.HOME ?? '', '.history'),
  });
  vi.unstubAllEnvs();
});

test('an empty section has the defaults of Supervisor', async () => {
  const settings = await read(write('empty.conf', '[supervisorctl]\n'));
  expect(settings).toMatchObject({ serverurl: 'http://localhost:9001', prompt: 'supervisor', username: undefined });
});

test('an included file is asked only when the file itself has no section', async () => {
  mkdirSync(join(folder, 'conf.d'));
  write('conf.d/a.conf', '[supervisorctl]\nserverurl=http://included:1\n');
  const include = '[include]\nfiles=conf.d/*.conf\n';
  expect(await read(write('one.conf', include))).toMatchObject({ serverurl: 'http://included:1' });
  const own = '[supervisorctl]\nserverurl=http://own:1\n';
  expect(await read(write('two.conf', include + own))).toMatchObject({ serverurl: 'http://own:1' });
});

test.each([
  ['[supervisord]\n', '.ini file does not include supervisorctl section'],
  ['[supervisorctl]\nusername=%(nobody)s\n', "supervisorctl.username: '%(nobody)s': %(nobody)s cannot be expanded"],
])('%j is refused: %s', async (text, message) => {
  await expect(read(write('bad.conf', text))).rejects.toThrow(new ClientConfigError(message));
});

test('a file that is not there is named', async () => {
  await expect(read('/nonexistent.conf')).rejects.toThrow('could not find config file /nonexistent.conf');
});

test('the command line wins over the file, and the file is found beside the executable', async () => {
  write('supervisord.conf', '[supervisorctl]\nserverurl=http://file:1\nusername=me\n');
  const settings = await findDaemon({ serverurl: 'http://line:1', program: join(folder, 'bin/tsvctl') });
  expect(settings).toMatchObject({ serverurl: 'http://line:1', username: 'me' });
});
