import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Plugin } from '../../../core/index.ts';
import { checkHost, loadConfiguration, printProblem } from '../../../plugins/config/index.ts';
import type { Loaded, LoadOptions } from '../../../plugins/config/index.ts';
import { shippedDeclarations } from '../../../plugins/standard.ts';

/** Loading from real files: TypeScript by way of esbuild on Node 20, searching, what is refused, and that nothing is left behind. */

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsv-load-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The plugins that ship, as far as configuration is concerned. */
const declarations = await shippedDeclarations();
const shipped = (): Plugin[] => declarations.map((declaration) => ({ ...declaration, apply: () => undefined }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function load(options: Partial<LoadOptions> = {}): Promise<Loaded> {
  return loadConfiguration({
    cwd: folder,
    env: { HOME: '/root' },
    program: '/nowhere/bin/tsvd',
    plugins: shipped,
    shipped: declarations,
    ...options,
  });
}

const texts = ({ problems }: Pick<Loaded, 'problems'>) => problems.map(printProblem);
const commands = ({ config }: Loaded) =>
  config.groups.flatMap(({ processes }) => processes.map(({ command }) => command));

describe('a TypeScript configuration', () => {
  test('is loaded with the files that it imports, and leaves no file behind', async () => {
    write({
      'tsv.config.ts': `import { port } from './port.ts';
interface Unused { a: string }
const config = { programs: { web: { command: ['node', 'a b.js', String(port)], startsecs: 0 } } } satisfies object;
export default config;`,
      'port.ts': 'export const port: number = 8080;',
    });
    const loaded = await load();
    expect(texts(loaded)).toEqual([]);
    expect(commands(loaded)).toEqual([`node 'a b.js' 8080`]);
    expect(loaded.file).toBe(join(folder, 'tsv.config.ts'));
    expect(readdirSync(folder).toSorted()).toEqual(['port.ts', 'tsv.config.ts']);
  });

  test('is read anew after a change, with what it imports', async () => {
    write({
      'tsv.config.ts': `import { name } from './name.ts'; export default { programs: { p: { command: name } } };`,
      'name.ts': `export const name = 'one';`,
    });
    expect(commands(await load())).toEqual(['one']);
    write({ 'name.ts': `export const name = 'two';` });
    expect(commands(await load())).toEqual(['two']);
  });

  test('with a syntax error names file, line and column, of every error, and leaves no file behind', async () => {
    write({ 'tsv.config.ts': 'export default {\n  programs: {},\n  supervisord: const\n};\n' });
    const loaded = await load();
    expect(texts(loaded)).toEqual([`${folder}/tsv.config.ts:3:16: syntax error: Unexpected "const"`]);
    expect(loaded.problems[0]?.code).toBe('TSV_CONFIG_SYNTAX');
    expect(readdirSync(folder)).toEqual(['tsv.config.ts']);
  });

  test('that throws is refused with its words, and leaves no file behind', async () => {
    write({ 'tsv.config.ts': `throw new Error('no database');` });
    expect(texts(await load())).toEqual([`${folder}/tsv.config.ts: the configuration threw an error: no database`]);
    expect(readdirSync(folder)).toEqual(['tsv.config.ts']);
  });

  test('that imports a missing package is refused with its name', async () => {
    write({ 'tsv.config.ts': `import x from 'no-such-package'; export default x;` });
    expect(texts(await load())).toEqual([expect.stringContaining("'no-such-package'")]);
  });

  test('that exports no record is refused', async () => {
    write({ 'tsv.config.ts': 'export default 5;' });
    expect(texts(await load())).toEqual([expect.stringContaining('has to export a configuration')]);
  });

  // Root writes everywhere.
  test.skipIf(process.getuid?.() === 0)('in a folder without write permission is refused with advice', async () => {
    write({ 'tsv.config.ts': 'export default {};' });
    chmodSync(folder, 0o555);
    const loaded = await load();
    chmodSync(folder, 0o755);
    expect(loaded.problems.map(({ code }) => code)).toEqual(['TSV_CONFIG_FOLDER_READONLY']);
  });
});

describe('a JavaScript configuration', () => {
  test.each(['tsv.config.mjs', 'tsv.config.js'])('%s is loaded', async (name) => {
    write({ [name]: `export default { programs: { p: { command: 'x' } } };`, 'package.json': '{"type":"module"}' });
    expect(commands(await load())).toEqual(['x']);
  });

  test('with a syntax error names line and column', async () => {
    write({ 'tsv.config.mjs': 'export default {\n  a: const\n};\n' });
    // vitest has an import of its own, with errors of its own; this one has to be Node's.
    const { status, stderr } = spawnSync('dist/tsvd', ['--check', '-c', join(folder, 'tsv.config.mjs')]);
    expect(status).toBe(2);
    expect(stderr.toString()).toMatch(/^Error: \S+tsv\.config\.mjs:2:\d+: syntax error/m);
  });
});

describe('a configuration of data', () => {
  test.each([
    ['tsv.config.json', '{"programs":{"p":{"command":"x"}}}'],
    ['tsv.config.yaml', 'programs:\n  p:\n    command: x\n'],
    ['package.json', '{"name":"n","tsv":{"programs":{"p":{"command":"x"}}}}'],
  ])('%s is loaded', async (name, text) => {
    write({ [name]: text });
    expect(commands(await load())).toEqual(['x']);
    expect(commands(await load({ file: name === 'package.json' ? join(folder, 'package.json') : name }))).toEqual([
      'x',
    ]);
  });

  test.each([
    ['tsv.config.json', '{\n "programs": }\n', 2],
    ['tsv.config.yaml', 'programs:\n  p: [1\n', 3],
  ])('%s with a syntax error names the line', async (name, text, line) => {
    write({ [name]: text });
    const { problems } = await load();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: join(folder, name), line, code: 'TSV_CONFIG_SYNTAX' });
  });

  test('a package.json without a tsv key is passed over', async () => {
    write({ 'package.json': '{"name":"n"}', 'supervisord.conf': '[supervisord]\n[program:c]\ncommand=y\n' });
    expect(commands(await load())).toEqual(['y']);
  });
});

describe('which file is read', () => {
  test('the native one comes before supervisord.conf, that before etc/supervisord.conf', async () => {
    write({ 'etc/supervisord.conf': '[supervisord]\nidentifier=etc\n' });
    expect((await load()).config.identifier).toBe('etc');
    write({ 'supervisord.conf': '[supervisord]\nidentifier=cwd\n' });
    expect((await load()).config.identifier).toBe('cwd');
    write({ 'tsv.config.json': '{"supervisord":{"identifier":"native"}}' });
    expect((await load()).config.identifier).toBe('native');
  });

  test('no file above the working directory is looked at', async () => {
    write({ 'tsv.config.json': '{}', 'inner/supervisord.conf': '[supervisord]\n' });
    expect((await load({ cwd: join(folder, 'inner') })).file).toBe(join(folder, 'inner/supervisord.conf'));
  });

  test('a file that is named is read as supervisord.conf unless its extension says otherwise', async () => {
    write({ 'any.thing': '[supervisord]\n[program:a]\ncommand=b\n' });
    expect(commands(await load({ file: 'any.thing' }))).toEqual(['b']);
  });

  test('a file that is missing is named in the error', async () => {
    expect(texts(await load({ file: 'nope.conf' }))).toEqual([expect.stringContaining(join(folder, 'nope.conf'))]);
    expect(texts(await load({ file: 'nope.ts' }))).toEqual([expect.stringContaining(join(folder, 'nope.ts'))]);
    expect(texts(await load({ file: 'nope.json' }))).toEqual([expect.stringContaining(join(folder, 'nope.json'))]);
  });

  const isInstalled = ['/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'].some((file) => existsSync(file));
  test.skipIf(isInstalled)('where nothing is found the places are listed', async () => {
    const { problems } = await load();
    expect(problems.map(({ code }) => code)).toEqual(['TSV_CONFIG_NOT_FOUND']);
    expect(problems[0]?.message).toContain(`${folder}/etc/supervisord.conf`);
  });
});

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test('a file that belongs to somebody else is neither run nor read', async () => {
    write({ 'tsv.config.mjs': `throw new Error('it ran');` });
    chownSync(join(folder, 'tsv.config.mjs'), 12_345, 12_345);
    const { problems } = await load();
    expect(problems.map(({ code }) => code)).toEqual(['TSV_CONFIG_UNTRUSTED']);
    expect(problems[0]?.message).toContain('belongs to user 12345');
  });

  test.each(['tsv.config.ts', 'tsv.config.json'])(
    '%s that everybody can write is refused, searched for or named',
    async (name) => {
      write({ [name]: '{}' });
      chmodSync(join(folder, name), 0o666);
      expect((await load()).problems.map(({ code }) => code)).toEqual(['TSV_CONFIG_UNTRUSTED']);
      expect((await load({ file: name })).problems.map(({ code }) => code)).toEqual(['TSV_CONFIG_UNTRUSTED']);
    },
  );

  test.each(['tsv.config.ts', 'tsv.config.mjs'])(
    '%s is not run where a file that it imports is in the power of others',
    async (name) => {
      write({ [name]: `import { command } from './lib/commands.mjs'; throw new Error(command);` });
      write({ 'lib/commands.mjs': `throw new Error('it ran');\nexport const command = 'x';` });
      chmodSync(join(folder, 'lib/commands.mjs'), 0o666);
      const [problem, ...more] = (await load()).problems;
      expect(problem).toMatchObject({ code: 'TSV_CONFIG_UNTRUSTED', file: join(folder, 'lib/commands.mjs') });
      expect(more).toEqual([]);
    },
  );
});

describe('plugins', () => {
  test('are those that the configuration lists, else those that ship', async () => {
    write({ 'tsv.config.mjs': `export default { plugins: [{ name: 'mine', apply() {} }] };` });
    expect((await load()).plugins.map(({ name }) => name)).toEqual(['mine']);
    write({ 'tsv.config.mjs': `export default { supervisord: { nodaemon: true } };` });
    expect((await load()).plugins.map(({ name }) => name)).toEqual(declarations.map(({ name }) => name));
  });

  test('that are not plugins are refused', async () => {
    write({ 'tsv.config.mjs': `export default { plugins: ['logging'] };` });
    expect(texts(await load())).toEqual([expect.stringContaining('"logging" is none')]);
  });
});

test('a native configuration includes files of any format, and a section twice is an error', async () => {
  write({
    'tsv.config.json': '{"include":"conf.d/*","programs":{"a":{"command":"x"}}}',
    'conf.d/b.conf': '[program:b]\ncommand=%(here)s/y\nunknown_thing=1\n',
    'conf.d/c.json': '{"programs":{"c":{"command":"z"}}}',
  });
  const loaded = await load();
  expect(texts(loaded)).toEqual([]);
  expect(commands(loaded)).toEqual(['x', `${folder}/conf.d/y`, 'z']);
  expect(loaded.warnings.map(printProblem)).toEqual([
    expect.stringContaining('conf.d/b.conf:3: [program:b] unknown_thing: unknown option'),
  ]);

  write({ 'conf.d/d.conf': '[program:a]\ncommand=again\n' });
  expect(texts(await load())).toEqual([
    `${folder}/conf.d/d.conf:1: [program:a] already defined in ${folder}/tsv.config.json`,
  ]);
});

test('what the machine lacks is told apart from what is wrong with the text', async () => {
  write({
    'supervisord.conf': `[supervisord]\nlogfile=${folder}/no/d.log\n[program:a]\ncommand=x\nuser=nobody-of-that-name\nstdout_logfile=${folder}/no/a.log\n`,
  });
  const loaded = await load();
  expect(texts(loaded)).toEqual([]);
  expect(checkHost(loaded).map(printProblem)).toEqual([
    `${folder}/supervisord.conf:5: [program:a] user: there is no user nobody-of-that-name on this machine`,
    `${folder}/supervisord.conf:2: [supervisord] logfile = "${folder}/no/d.log": the directory ${folder}/no does not exist`,
    `${folder}/supervisord.conf:6: [program:a] stdout_logfile = "${folder}/no/a.log": the directory ${folder}/no does not exist`,
  ]);
});

test('the folder of a socket has to be there', async () => {
  write({ 'supervisord.conf': `[unix_http_server]\nfile=${folder}/no/s.sock\n[supervisord]\n` });
  expect(checkHost(await load()).map(printProblem)).toEqual([
    `${folder}/supervisord.conf:2: [unix_http_server] file = "${folder}/no/s.sock": the directory ${folder}/no does not exist`,
  ]);
});

test.skipIf(process.getuid?.() === 0)('the folder of a socket has to be writable', async () => {
  write({ 'supervisord.conf': '[unix_http_server]\nfile=/usr/s.sock\n[supervisord]\n' });
  expect(checkHost(await load()).map(printProblem)).toEqual([
    expect.stringContaining('file = "/usr/s.sock": the directory /usr cannot be written (permission denied'),
  ]);
});

test('the command line wins over the file, and what is wrong with it is told', async () => {
  write({ 'supervisord.conf': '[supervisord]\nloglevel=debug\nidentifier=file\n' });
  const loaded = await load({ overrides: { loglevel: 'warn', identifier: '100%', nodaemon: true } });
  expect(loaded.config.sections['supervisord']).toMatchObject({ loglevel: 'warn', identifier: '100%', nodaemon: true });
  expect(texts(await load({ overrides: { loglevel: 'shout' } }))).toEqual([
    'command line: [supervisord] loglevel = "shout": not a logging level; allowed: critical, error, warn, info, debug, trace, blather',
  ]);
});
