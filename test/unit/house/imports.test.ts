import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import of the sources below a folder: of a file as its path, of a package as its name. */
function importsOf(folder: string): Import[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => {
      const file = join(root, folder, name);
      const matches = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
      return [...matches].map(([, to = '']) => ({
        from: relative(root, file),
        to: to.startsWith('.') ? relative(root, resolve(dirname(file), to)) : to,
      }));
    });
}

const shown = (imports: Import[]): string[] => imports.map(({ from, to }) => `${from} imports ${to}`);

/**
 * The folder behind a door that a file belongs to: a plugin or a module below its theme, or what a theme itself holds, as `control` and
 * `config` do. Undefined outside of the themes.
 */
function roomOf(path: string): string | undefined {
  const [, room, theme] = /^(plugins\/([^/]+)\/[^/]+)\//.exec(path) ?? [];
  if (room !== undefined && existsSync(join(root, room, 'index.ts'))) return room;
  return theme === undefined ? /^(plugins\/[^/]+)\//.exec(path)?.[1] : `plugins/${theme}`;
}

test('core imports mitt, tapable and node: modules, nothing else', () => {
  const foreign = importsOf('core').filter(
    ({ from, to }) =>
      !to.startsWith('core/') &&
      !to.startsWith('node:') &&
      to !== 'mitt' &&
      to !== 'tapable' &&
      !(from.startsWith('core/posix/') && to === 'koffi'),
  );
  expect(shown(foreign)).toEqual([]);
});

test("core's index does not load the system calls", () => {
  const loads = new Set(['core/index.ts']);
  const imports = importsOf('core');
  for (const file of loads) for (const { from, to } of imports) if (from === file) loads.add(to);
  expect([...loads].filter((file) => file.startsWith('core/posix'))).toEqual([]);
  expect([...loads]).not.toContain('koffi');
});

test('a plugin imports from core through its index, or the door of the system calls', () => {
  const inner = importsOf('plugins').filter(
    ({ to }) => to.startsWith('core/') && to !== 'core/index.ts' && to !== 'core/posix.ts',
  );
  expect(shown(inner)).toEqual([]);
});

/** Parts of other plugins that a client uses, which load nothing else. */
const LIGHT: ReadonlySet<string> = new Set([
  'plugins/control/rpc/xmlrpc/index.ts',
  'plugins/control/rpc/faults.ts',
  'plugins/control/plan.ts',
  'plugins/insight/journal/record-schema.ts',
  'plugins/host/daemon/run-file.ts',
  'plugins/config/find/find.ts',
  'plugins/config/read-supervisord-conf.ts',
  'plugins/config/find/trust.ts',
  'plugins/config/find/user-folders.ts',
]);

/** Parts of config that load nothing else. */
const DOORS_OF_CONFIG = new Set(['plugins/config/read-supervisord-conf.ts', 'plugins/config/find/user-folders.ts']);

test('a plugin reaches another one only through its index; the catalogue knows their option tables', () => {
  const inner = importsOf('plugins').filter(({ from, to }) => {
    const [mine, other] = [roomOf(from), roomOf(to)];
    if (other === undefined || other === mine || to === `${other}/index.ts`) return false;
    if (from === 'plugins/catalogue.ts') return to !== `${other}/options.ts`;
    // A client loads little: neither what serves nor, as long as it does without, what reads configurations.
    if (mine === 'plugins/control/client') return !LIGHT.has(to);
    // Offered by every client, in the browser, too, which can load nothing of Node.
    if (from.startsWith('plugins/control/web/client/') && to === 'plugins/control/allowed-actions.ts') return false;
    // The option types are a door of their own for those who declare options.
    if (mine === 'plugins/config' && other === 'plugins/config/option-types') return false;
    return !DOORS_OF_CONFIG.has(to);
  });
  expect(shown(inner)).toEqual([]);
});

test('config imports no plugin: what they declare is handed to it', () => {
  const own = new Set(['plugins/config', 'plugins/config/option-types', 'plugins/config/supervisord-conf']);
  const others = importsOf('plugins/config').filter(
    ({ from, to }) => own.has(roomOf(from) ?? '') && to.startsWith('plugins/') && !own.has(roomOf(to) ?? ''),
  );
  expect(shown(others)).toEqual([]);
});

test('supervisord-conf imports core alone, so that nothing goes round in circles with config', () => {
  const others = importsOf('plugins/config/supervisord-conf').filter(
    ({ to }) => to.startsWith('plugins/') && roomOf(to) !== 'plugins/config/supervisord-conf',
  );
  expect(shown(others)).toEqual([]);
});

test('what the page shares with the daemon imports nothing, as a browser has no Node', () => {
  expect(
    shown(importsOf('plugins/control').filter(({ from }) => from === 'plugins/control/allowed-actions.ts')),
  ).toEqual([]);
});

test('nothing imports from bin but bin', () => {
  const wrong = [...importsOf('core'), ...importsOf('plugins')].filter(({ to }) => to.startsWith('bin/'));
  expect(shown(wrong)).toEqual([]);
});

test('the time is read in one place, and in one of the page', () => {
  const files = ['core', 'plugins', 'bin'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const wrong = files
    .filter((file) => /\.tsx?$/.test(file) && !['core/clock.ts', 'plugins/control/web/client/clock.ts'].includes(file))
    .filter((file) =>
      /Date\.now\(|performance\.now\(|(?<!\.)\bsetTimeout\(|(?<!\.)\bsetInterval\(/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
  expect(wrong).toEqual([]);
});
