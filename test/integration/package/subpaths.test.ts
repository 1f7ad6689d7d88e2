import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../support/tsvd.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let place: string;

/** The packed tarball in a project and in a global prefix of its own, as users have it, and a folder without any. */
beforeAll(async () => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'tsv-subpaths-')));
  const npm = async (...args: string[]) => {
    const { code, err } = await runCommand('npm', [...args, '--no-audit', '--no-fund', '--silent'], { cwd: root });
    expect(code, err).toBe(0);
  };
  await npm('pack', '--ignore-scripts', '--pack-destination', place);
  const tarball = join(place, readdirSync(place).find((name) => name.endsWith('.tgz')) ?? '');
  write('project/package.json', '{ "private": true }');
  await npm('install', '--prefix', join(place, 'project'), tarball);
  await npm('install', '--global', '--prefix', join(place, 'global'), tarball);
}, 180_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

function write(name: string, text: string): string {
  mkdirSync(dirname(join(place, name)), { recursive: true });
  writeFileSync(join(place, name), text);
  return join(place, name);
}

/** Everything that can be imported, by the manifest; a pattern stands for one plugin here. */
const subpaths = () => {
  const { exports }: { exports: object } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(exports).map((subpath) => join('tsvisor', subpath.replace('*', 'metrics')));
};

function configuration(): string {
  const imports = subpaths().map((name, index) =>
    name.endsWith('.json')
      ? `import m${index} from '${name}' with { type: 'json' };`
      : `import * as m${index} from '${name}';`,
  );
  const names = subpaths().map((_, index) => `m${index}`);
  return `${imports.join('\n')}
const missing = [${names.join(', ')}].filter((found) => Object.keys(found).length === 0);
export default { programs: { ['ok' + missing.length]: { command: 'sleep 1' } } };\n`;
}

const INSTALLATIONS = {
  'a checkout': () => ({ tsvd: join(root, 'dist/tsvd'), folder: 'apart' }),
  'a project': () => ({ tsvd: join(place, 'project/node_modules/.bin/tsvd'), folder: 'project' }),
  'a global installation': () => ({ tsvd: join(place, 'global/bin/tsvd'), folder: 'apart' }),
  'a global installation, in a project with a copy of its own': () => ({
    tsvd: join(place, 'global/bin/tsvd'),
    folder: 'project',
  }),
};

describe.each(Object.entries(INSTALLATIONS))('with %s', (_name, where) => {
  test.each(['tsv.config.ts', 'tsv.config.mjs'])(
    '%s and a file that it imports may import every subpath, and get the copy that runs',
    async (name) => {
      const { tsvd, folder } = where();
      write(`${folder}/imported.${name.split('.').at(-1)}`, configuration());
      const extension = name.split('.').at(-1);
      const file = write(`${folder}/${name}`, `${configuration()}export * from './imported.${extension}';\n`);
      const { code, out, err } = await runCommand(tsvd, ['--check', '--json', '-c', file]);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('"ok0"');
    },
  );
});

test('a subpath that is none is named, with the one that was meant', async () => {
  const file = write(
    'apart/wrong.config.ts',
    `import { integer } from 'tsvisor/option';\nexport default { integer };\n`,
  );
  const { code, err } = await runCommand(join(root, 'dist/tsvd'), ['--check', '-c', file]);
  expect([code, err]).toEqual([
    2,
    `Error: ${file}:1:25: syntax error: there is no "tsvisor/option"; did you mean "tsvisor/options"?\n`,
  ]);
});

describe('a plugin that is linked', () => {
  const plugin = `import { Supervisor } from 'tsvisor/core';
export const linked = { name: 'linked', apply: (supervisor) => { if (!(supervisor instanceof Supervisor)) throw new Error('two'); } };\n`;
  const config = `import { standardPlugins } from 'tsvisor'; import { linked } from 'tsv-linked';
export default { plugins: [...(await standardPlugins()), linked], programs: { web: { command: 'sleep 1' } } };\n`;

  /** The plugin in a folder of its own, with this tsvisor beside it; linked into the project. */
  const check = async (tsvisor: string) => {
    rmSync(join(place, 'linked'), { recursive: true, force: true });
    write('linked/package.json', '{"name":"tsv-linked","type":"module","main":"index.js"}');
    write('linked/index.js', plugin);
    mkdirSync(join(place, 'linked/node_modules'));
    symlinkSync(tsvisor, join(place, 'linked/node_modules/tsvisor'));
    rmSync(join(place, 'project/node_modules/tsv-linked'), { force: true });
    symlinkSync(join(place, 'linked'), join(place, 'project/node_modules/tsv-linked'));
    const file = write('project/linked.config.ts', config);
    return runCommand(join(place, 'project/node_modules/.bin/tsvd'), ['--check', '-c', file]);
  };

  test('with the same tsvisor works', async () => {
    const { code, err } = await check(join(place, 'project/node_modules/tsvisor'));
    expect([code, err]).toEqual([0, expect.not.stringContaining('copies')]);
  });

  test('with a tsvisor of its own is told', async () => {
    const other = join(place, 'global/lib/node_modules/tsvisor');
    const { code, err } = await check(other);
    expect([code, err]).toEqual([0, expect.stringContaining(`two copies of tsvisor are loaded: `)]);
    expect(err).toContain(`${other} was imported`);
  });
});
