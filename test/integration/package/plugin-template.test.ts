import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../support/tsvd.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const tsvctl = join(root, 'dist/tsvctl');
let place: string;
let folder: string;

/** What `npm install` would bring, from here. */
beforeAll(async () => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'tsv-plugin-')));
  folder = join(place, 'tsvisor-plugin-flap-watch');
  const { code, out } = await runCommand(tsvctl, ['plugin', 'new', 'flap-watch'], { cwd: place });
  expect(code, out).toBe(0);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/tsvisor'));
  for (const name of ['typescript', 'vitest', '@types', '.bin', 'vite']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
}, 60_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('a plugin begun with tsvctl passes its own test, builds, and packs what it should', async () => {
  const npm = (...args: string[]) => runCommand('npm', args, { cwd: folder });
  const tested = await npm('test');
  expect(tested.code, tested.out + tested.err).toBe(0);
  expect(tested.out).toMatch(/1 passed/);
  const packed = await npm('pack', '--json');
  expect(packed.code, packed.err).toBe(0);
  const [{ files }] = JSON.parse(packed.out.slice(packed.out.indexOf('['))) as [{ files: { path: string }[] }];
  expect(files.map(({ path }) => path).toSorted()).toEqual([
    'README.md',
    'dist/index.d.ts',
    'dist/index.js',
    'package.json',
  ]);
}, 120_000);

test('nothing in it is left of the template’s name', () => {
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(src|README|package\.json|tsconfig)/.test(name) && name !== 'src')
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(texts).toHaveLength(5);
  expect(texts.join('\n')).not.toMatch(/example|TSVISOR_VERSION/i);
  expect(texts.join('\n')).toContain("name = 'flap-watch'");
});

test('begun from a checkout, it is built against the checkout, which no registry need have', () => {
  const { devDependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  expect(devDependencies.tsvisor).toBe(`file:${root.replace(/\/$/, '')}`);
  expect(peerDependencies.tsvisor).toMatch(/^\^\d+\.\d+\.\d+$/);
});

test('a daemon runs it, and its method is a command', async () => {
  const { code, out, err } = await runCommand(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { FlapWatchPlugin } from './dist/index.js'; import { stage } from 'tsvisor/testing';
       await stage([], [new FlapWatchPlugin()]); console.log(new FlapWatchPlugin().name);`,
    ],
    { cwd: folder },
  );
  expect({ code, out, err }).toEqual({ code: 0, out: 'flap-watch\n', err: '' });
});

test('what is there already is not overwritten, and a name that is none is refused', async () => {
  const again = await runCommand(tsvctl, ['plugin', 'new', 'flap-watch'], { cwd: place });
  expect([again.code, again.out]).toEqual([1, expect.stringContaining('EEXIST')]);
  const wrong = await runCommand(tsvctl, ['plugin', 'new', '../x'], { cwd: place });
  expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('not a name for a plugin')]);
});
