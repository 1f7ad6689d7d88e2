import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupConfig, processConfig, supervisorConfig } from 'tsvisor/core';
import { stage } from 'tsvisor/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseProcfile, ProcfilePlugin } from './procfile.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'procfile-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const procfile = (text: string) => {
  writeFileSync(join(folder, 'Procfile'), text);
  return new ProcfilePlugin({ file: join(folder, 'Procfile') });
};

test('every line is a program, run by a shell where the Procfile lies', async () => {
  const plugin = procfile(`# our site\nweb: node server.js --title "it's"\n\nworker: node worker.js\n`);
  const { spawner, supervisor } = await stage([], [plugin]);
  expect(supervisor.processes.map(({ group, name, state }) => [group, name, state])).toEqual([
    ['procfile', 'web', 'STARTING'],
    ['procfile', 'worker', 'STARTING'],
  ]);
  const [web] = spawner.children;
  expect(web?.plan.argv).toEqual(['/bin/sh', '-c', `node server.js --title "it's"`]);
  expect(web?.plan.cwd).toBe(folder);
});

test('a reload tells what a changed Procfile changes', async () => {
  const { supervisor } = await stage([], [procfile('web: node server.js')]);
  procfile('web: node server.js --port 80');
  expect(await supervisor.reread(supervisorConfig())).toMatchObject({ changed: ['procfile'] });
});

test('a Procfile with errors is refused whole, with every line that is wrong', async () => {
  expect(() => parseProcfile('web node\nweb: a\nweb: b', 'Procfile')).toThrow(
    'Procfile:1: "web node" is not "name: command"\nProcfile:3: there is already a web',
  );
  await expect(stage([], [procfile('nonsense')])).rejects.toThrow('procfile');
});

test('a group of that name that is there already is not mixed with it', async () => {
  const { supervisor } = await stage([], [procfile('web: node server.js')]);
  const group = groupConfig({ name: 'procfile', processes: [processConfig({ name: 'x', command: 'x' })] });
  await expect(supervisor.reread(supervisorConfig({ groups: [group] }))).rejects.toThrow('already a group procfile');
});
