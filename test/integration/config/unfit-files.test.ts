import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { loadModule } from '../../../plugins/config/native/module.ts';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

/**
 * Configurations that would never end, or never be read: `tsvd --check` says so within a bounded time. Each case makes its files and
 * names the one that is checked, and the whole line that is told about it.
 */
const S = '[supervisord]\n';
const MEGABYTE = 1024 * 1024;

interface Case {
  readonly what: string;
  readonly make: (place: Place) => string;
  readonly says: string;
}

const REFUSED: readonly Case[] = [
  {
    what: 'a FIFO that nobody writes to',
    make: (place) => {
      execFileSync('mkfifo', [place.path('a.conf')]);
      return 'a.conf';
    },
    says: 'could not read config file: it is a FIFO, and reading it could wait for ever HERE/a.conf',
  },
  {
    what: 'a FIFO in the place of a JSON configuration',
    make: (place) => {
      execFileSync('mkfifo', [place.path('a.json')]);
      return 'a.json';
    },
    says: 'could not read config file HERE/a.json: it is a FIFO, and reading it could wait for ever',
  },
  {
    what: 'a FIFO in the place of code',
    make: (place) => {
      execFileSync('mkfifo', [place.path('a.mjs')]);
      return 'a.mjs';
    },
    says: 'could not read config file HERE/a.mjs: it is a FIFO, and reading it could wait for ever',
  },
  {
    what: 'a device without an end',
    make: () => '/dev/zero',
    says: 'could not read config file: it is a device /dev/zero',
  },
  {
    what: 'a link to such a device',
    make: (place) => {
      symlinkSync('/dev/zero', place.path('a.conf'));
      return 'a.conf';
    },
    says: 'could not read config file: it is a device HERE/a.conf',
  },
  {
    what: 'a directory',
    make: (place) => {
      mkdirSync(place.path('a.conf'));
      return 'a.conf';
    },
    says: 'could not read config file: it is a directory HERE/a.conf',
  },
  {
    what: 'a directory named like a JSON file',
    make: (place) => {
      mkdirSync(place.path('a.json'));
      return 'a.json';
    },
    says: 'could not read config file HERE/a.json: it is a directory',
  },
  {
    what: 'a file of 17 MB',
    make: (place) => place.write('a.conf', `${S};${'x'.repeat(17 * MEGABYTE)}\n`),
    says: 'could not read config file: it is larger than 16 MB HERE/a.conf',
  },
  {
    what: 'a JSON deeper than any stack',
    make: (place) => place.write('a.json', '['.repeat(200_000)),
    says: 'HERE/a.json:1:200001: syntax error: ',
  },
  {
    what: 'a value deeper than any stack',
    make: (place) => place.write('a.json', `{"programs":{"a":{"command":${'['.repeat(3000)}${']'.repeat(3000)}}}}`),
    says: 'HERE/a.json: programs.a.command: is nested deeper than 32 levels',
  },
  {
    what: 'aliases of YAML that would be gigabytes',
    make: (place) => {
      const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(10)}]\n`);
      return place.write('a.yaml', `l0: &l0 [x]\n${levels.join('')}programs: { a: { command: *l12 } }\n`);
    },
    says: 'HERE/a.yaml: programs.a.command: holds more than 2000000 values, repeated ones counted each time',
  },
  {
    what: 'a number that JSON has not',
    make: (place) => place.write('a.mjs', 'export default { programs: { a: { command: "x", startsecs: 10n } } };\n'),
    says: 'HERE/a.mjs: programs.a.startsecs = "10n": not a whole number; allowed: a whole number of at least 0',
  },
  {
    what: 'a record that holds itself',
    make: (place) =>
      place.write('a.mjs', 'const a = {}; a.a = a; export default { programs: { a: { command: a } } };\n'),
    says: 'HERE/a.mjs: programs.a.command: is nested deeper than 32 levels',
  },
];

describe('refused in a bounded time, with a line that says why:', () => {
  test.each(REFUSED)('$what', async ({ make, says }) => {
    await using place = new Place();
    const { code, err } = await place.run('--check', '-c', make(place));
    expect(code).toBe(2);
    expect(err).toContain(says.replaceAll('HERE', place.folder));
    for (const line of err.split('\n')) expect(line.length).toBeLessThan(1_000);
  });

  test('an included device or FIFO, and what the file itself says is told all the same', async () => {
    await using place = new Place();
    execFileSync('mkfifo', [place.path('b.conf')]);
    place.write('a.conf', `${S}minfds=many\n[include]\nfiles=/dev/zero b.conf a.conf\n`);
    const { code, err } = await place.run('--check', '-c', 'a.conf');
    expect(code).toBe(2);
    expect(err).toContain('it is a device /dev/zero');
    expect(err).toContain(`it is a FIFO, and reading it could wait for ever ${place.path('b.conf')}`);
    expect(err).toContain('a.conf:2: [supervisord] minfds = "many": not a whole number');
  });

  test.skipIf(process.getuid?.() !== 0)('root does not run code below a folder of somebody else', async () => {
    await using place = new Place();
    place.write('theirs/deep/tsv.config.mjs', 'export default {};\n');
    chownSync(place.path('theirs'), 65_534, 65_534);
    const { code, err } = await place.run('--check', '-c', 'theirs/deep/tsv.config.mjs');
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('theirs, which belongs to user 65534'),
    });
  });
});

describe('a configuration that is code', () => {
  test.each(['ts', 'mjs'])('and does not end is given up, and named: .%s', async (extension) => {
    await using place = new Place();
    const file = place.write(`loop.${extension}`, 'for (;;) {}\nexport default {};\n');
    const loading = await loadModule(file, process.getuid?.() ?? -1, 1_500);
    expect(loading).toEqual({
      problems: [
        expect.objectContaining({
          code: 'TSV_CONFIG_ENDLESS',
          file,
          message:
            'it was still running after 1.5 s; a configuration has to come to an end: look for a loop, or for what it waits for',
        }),
      ],
    });
  });

  test.each([
    ['ts', 'await new Promise(() => undefined);\nexport default {};\n'],
    ['mjs', 'await new Promise(() => undefined);\nexport default {};\n'],
    ['mjs', 'export default new Promise(() => undefined);\n'],
  ])('and waits for ever is given up, too: .%s, %j', async (extension, text) => {
    await using place = new Place();
    const file = place.write(`wait.${extension}`, text);
    expect(await loadModule(file, process.getuid?.() ?? -1)).toEqual({
      problems: [
        expect.objectContaining({
          code: 'TSV_CONFIG_ENDLESS',
          message: expect.stringMatching(/^it waits for something that never happens; /),
        }),
      ],
    });
  });

  test.each([
    ['ts', 'type X = { y: number };\n\nconst x: X = undefined as never;\nexport default { a: x.y };\n', 'a.ts:4:23'],
    ['ts', "import { load } from './b.ts';\nexport default load();\n", 'b.ts:3:9'],
    ['mjs', 'const x = undefined;\nexport default { a: x.y };\n', 'a.mjs:2:23'],
    ['mjs', "import { parse } from 'node:path';\nexport default parse(7);\n", 'a.mjs:2:16'],
    ['mjs', "throw 'no error at all';\n", 'a.mjs'],
    [
      'ts',
      "import { defineConfig } from 'tsvisor';\n\nexport default defineConfig({ programs: process.exit(3) });\n",
      'a.ts:3:49',
    ],
  ])('and throws is named with the line that did: .%s, %j', async (extension, text, at) => {
    await using place = new Place();
    const file = place.write(`a.${extension}`, text);
    place.write(
      'b.ts',
      'const words: string[] = [];\nexport const load = (): never => {\n  throw new Error(words.join());\n};\n',
    );
    const { code, err } = await place.run('--check', '-c', file);
    expect(code).toBe(2);
    expect(err).toContain(`${place.path(at)}: `);
  });

  test.each([
    // It ends by its limit of processor time, 11 s, which is any time on a busy machine.
    ['a loop', 'for (;;) {}\nexport default {};\n'],
    ['a wait', 'await new Promise((resolve) => setTimeout(resolve, 1e8));\nexport default {};\n'],
  ])(
    'and does not end leaves nothing behind where tsvd is killed meanwhile: %s',
    { timeout: 180_000 },
    async (_, text) => {
      await using place = new Place();
      const file = place.write('endless.mjs', text);
      const trials = () =>
        execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
          .split('\n')
          .filter((line) => line.includes(`file://${file}`));
      const tsvd = spawn(new URL('../../../dist/tsvd', import.meta.url).pathname, ['--check', '-c', file], {
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => tsvd.once('exit', resolve));
      await until('the trial', () => trials().length > 0);
      tsvd.kill('SIGKILL');
      await ended;
      expect(await until('the end of the trial', () => trials().length === 0, 150_000)).toBe(true);
    },
  );

  test('and is missing is no such file', async () => {
    await using place = new Place();
    const { code, err } = await place.run('--check', '-c', 'none.ts');
    expect({ code, err }).toEqual({
      code: 2,
      err: `Error: ${place.path('none.ts')}: could not read config file ${place.path('none.ts')}: no such file\n`,
    });
  });

  test('and prints something leaves the JSON on stdout whole', async () => {
    await using place = new Place();
    place.write('a.mjs', 'console.log("hello"); process.stdout.write("there"); export default {};\n');
    const { code, out, err } = await place.run('--check', '--json', '-c', 'a.mjs');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveProperty('groups', []);
    expect(err).toContain('hello\nthere');
  });
});

test('a pipe of the command line is a file that has an end', async () => {
  await using place = new Place();
  const tsvd = new URL('../../../dist/tsvd', import.meta.url).pathname;
  const { code, out } = await runCommand('bash', ['-c', `${tsvd} --check -c <(echo '[supervisord]')`], {
    cwd: place.folder,
  });
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(': ok, 0 processes in 0 groups') });
});
