import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SyncHook } from 'tapable';
import { expect, test } from 'vitest';
import { Supervisor } from '../../../core/index.ts';
import { settle, stage } from '../../../core/testing/index.ts';
import { referencePages } from '../../../bin/build/hooks-reference.mjs';
import { HttpPlugin } from '../../../plugins/control/http/index.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { RpcPlugin } from '../../../plugins/control/rpc/index.ts';
import { standardPlugins } from '../../../plugins/standard.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const sources = ['core', 'plugins', 'bin', 'docs', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|mjs|md)$/.test(name))
    .map((name) => join(folder, name)),
);

test('one file makes hooks, so that each has a name, isolated taps, a fault budget and a deadline', () => {
  const makers = sources.filter((file) => /\bnew \w*Hook\s*[<(]/.test(readFileSync(join(root, file), 'utf8')));
  expect(makers).toEqual(['core/hook-factory.ts']);
});

test('every hook is called, and every event emitted, somewhere in the sources', () => {
  const code = sources
    .filter((file) => /^(core|plugins|bin)\/.*\.tsx?$/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const { 'docs/reference/hooks.md': hooks = '', 'docs/reference/events.md': events = '' } = referencePages();
  const namesIn = (page: string): string[] => [...page.matchAll(/^### (\S+)$/gm)].map(([, name = '']) => name);
  const uncalled = namesIn(hooks).filter(
    (name) => !new RegExp(`\\b${name}\\.(?:call|promise|callAsync)\\(`).test(code),
  );
  const silent = namesIn(events).filter((name) => !new RegExp(`\\bemit\\(\\s*'${name}'`).test(code));
  expect({ uncalled, silent }).toEqual({ uncalled: [], silent: [] });
});

const FIVE = ['logging', 'autorestart', 'rpc', 'web', 'metrics'];

test.each(FIVE)('%s is a plugin like any other: it taps hooks of tapable', async (name) => {
  const supervisor = new Supervisor({ plugins: (await standardPlugins()).filter((plugin) => plugin.name === name) });
  const sets = [HttpPlugin, RpcPlugin, LoggingPlugin].map(({ getHooks }) => getHooks(supervisor));
  const hooks = [supervisor.hooks, ...sets].flatMap((set) => Object.values<Pick<SyncHook<[]>, 'taps'>>(set));
  expect(hooks.flatMap(({ taps }) => taps.filter((tap) => tap.name === name))).not.toEqual([]);
});

test.each(FIVE)('a program starts without %s', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsv-house-'));
  const plugins = (await standardPlugins()).filter((plugin) => plugin.name !== name);
  const { supervisor, process, spawner, eventsOf } = await stage([{ name: 'web', startsecs: 0 }], plugins, {
    supervisord: { logfile: '/dev/null', logfile_maxbytes: 0, childlogdir: folder, journal_file: { kind: 'none' } },
  });
  await process().start({ by: 'client' }).done;
  expect(process().state).toBe('RUNNING');
  expect([eventsOf('plugin:error'), eventsOf('supervisor:error')]).toEqual([[], []]);
  const over = supervisor.shutdown();
  await settle();
  spawner.last.exit();
  await over;
  rmSync(folder, { recursive: true });
});

test('mitt, tapable, ini, cosmiconfig and pino are dependencies, and each is imported', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const texts = sources
    .filter((file) => /^(core|plugins|bin)\/.*\.ts$/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'));
  const isImported = (name: string): boolean =>
    texts.some((text) => new RegExp(String.raw`(?:^import (?!type\b)[^;]* from |import\()'${name}'`, 'm').test(text));
  const five = ['mitt', 'tapable', 'ini', 'cosmiconfig', 'pino'];
  expect(five.filter((name) => dependencies[name] === undefined || !isImported(name))).toEqual([]);
});
