import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../support/tsvd.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;

/** An empty folder with the packed tarball installed, as a user has it. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsv-pack-'));
  const packed = await runCommand('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: root,
  });
  expect(packed.code, packed.err).toBe(0);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const installed = await runCommand('npm', ['install', '--no-audit', '--no-fund', '--silent', join(folder, tarball)], {
    cwd: folder,
  });
  expect(installed.code, installed.err).toBe(0);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (script: string) => runCommand(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
const bin = (name: string, ...args: string[]) =>
  runCommand(join(folder, 'node_modules/.bin', name), args, { cwd: folder });

test('its manifest names only files that are there, with types that fit', async () => {
  const { messages, pkg } = await publint({ pkgDir: root, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test('what only the next build needs is not in it', () => {
  const files = readdirSync(join(folder, 'node_modules/tsvisor/dist'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.endsWith('.tsbuildinfo'))).toEqual([]);
});

test('its commands run', async () => {
  expect((await bin('tsvd', '-v')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await bin('tsvctl', '-s', `unix://${folder}/none.sock`, 'status')).out).toContain('no such file');
});

test('a tsv.config.ts with a plugin of one’s own runs', async () => {
  writeFileSync(
    join(folder, 'tsv.config.ts'),
    `import { defineConfig, standardPlugins } from 'tsvisor';
import { Supervisor, type Plugin } from 'tsvisor/core';
const own: Plugin = { name: 'own', apply(supervisor: Supervisor) { if (!(supervisor instanceof Supervisor)) throw new Error('two cores'); } };
export default defineConfig({ plugins: [...(await standardPlugins()), own], programs: { web: { command: 'sleep 1' } } });
`,
  );
  const { code, out, err } = await bin('tsvd', '--check', '-c', 'tsv.config.ts');
  expect({ code, err: err.replaceAll(/^Hint: .*\n/gm, '') }).toEqual({ code: 0, err: '' });
  expect(out).toContain('ok, 1 processes in 1 groups');
});

test('every door is there, and all of them lead to one core', async () => {
  const script = `
    import { Supervisor } from 'tsvisor/core';
    import * as root from 'tsvisor';
    import { LoggingPlugin } from 'tsvisor/plugins/logging';
    import { HttpPlugin } from 'tsvisor/plugins/http';
    import { RpcPlugin } from 'tsvisor/plugins/rpc';
    const supervisor = new Supervisor({ plugins: [new LoggingPlugin(), new HttpPlugin(), new RpcPlugin()] });
    const same = LoggingPlugin === root.LoggingPlugin && HttpPlugin === root.HttpPlugin;
    // A plugin's hooks are kept by supervisor: a second core, or a second copy of the plugin, would have others.
    const hooks = LoggingPlugin.getHooks(supervisor) === root.LoggingPlugin.getHooks(supervisor);
    const tapped = supervisor.hooks.spawn.taps.some(({ name }) => name === 'logging');
    console.log(JSON.stringify({ same, hooks, tapped }));
    process.exit();`;
  const { out, err } = await node(script);
  expect(err).toBe('');
  expect(JSON.parse(out)).toEqual({ same: true, hooks: true, tapped: true });
});

test('a type error in a configuration does not compile', async () => {
  writeFileSync(
    join(folder, 'wrong.ts'),
    `import { defineConfig } from 'tsvisor';
export default defineConfig({ programs: { web: { command: 'sleep 1', autostart: 'perhaps' } } });
`,
  );
  const tsc = join(root, 'node_modules/.bin/tsc');
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
  const { code, out } = await runCommand(tsc, [...flags, 'wrong.ts'], { cwd: folder });
  expect(code).not.toBe(0);
  expect(out).toMatch(/wrong\.ts\(2,\d+\): error TS2322: .*perhaps/s);
});
