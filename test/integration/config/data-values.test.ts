import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { loadConfiguration, printProblem } from '../../../plugins/config/index.ts';
import { standardPlugins } from '../../../plugins/index.ts';

/** In YAML and JSON a text that looks like a number or a boolean stays the text that is written. */

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsv-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function load(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  const { config, problems } = await loadConfiguration({ file, cwd: folder, plugins: () => standardPlugins() });
  return { process: config.groups[0]?.processes[0], config, errors: problems.map(printProblem) };
}

const WRITTEN = [
  '1.10 01234 +49123 7654321e3 12345678901234567890 0x1F .5 1.0 -0 .inf 0o17',
  'true True FALSE 2024-01-01 12:30 5 -3 1.5 yes no',
].flatMap((words) => words.split(' '));

describe('YAML', () => {
  test.each(WRITTEN)('%s in an environment is the text as written', async (written) => {
    const { process, errors } = await load(
      'tsv.config.yaml',
      `programs:\n  p:\n    command: x\n    environment:\n      A: ${written}\n`,
    );
    expect(errors).toEqual([]);
    expect(process?.environment).toEqual({ A: written });
  });

  test('words and texts are as written, too', async () => {
    const { process, config, errors } = await load(
      'tsv.config.yaml',
      `supervisord:\n  identifier: 1.10\nprograms:\n  p:\n    command: [sleep, 1.10, 010, true]\n    directory: 0700\n`,
    );
    expect(errors).toEqual([]);
    expect(process).toMatchObject({ command: 'sleep 1.10 010 true', directory: '0700' });
    expect(config.identifier).toBe('1.10');
  });

  test('a mode is octal as written, and refused as a decimal number', async () => {
    const program = (umask: string) => `programs:\n  p:\n    command: x\n    umask: ${umask}\n`;
    for (const umask of ['022', '"22"', '0o22'])
      expect((await load('tsv.config.yaml', program(umask))).process?.umask).toBe(0o22);
    const { errors } = await load('tsv.config.yaml', program('22'));
    expect(errors.join()).toContain('programs.p.umask = 22: a decimal number');
    expect(errors.join()).toContain('octal digits in quotes');
  });

  test('numbers and booleans are values where those are meant', async () => {
    const { process, errors } = await load(
      'tsv.config.yaml',
      `programs:\n  p:\n    command: x\n    startsecs: 05\n    priority: +7\n    autostart: False\n    stopasgroup: true\n`,
    );
    expect(errors).toEqual([]);
    expect(process).toMatchObject({ startsecs: 5, priority: 7, autostart: false, stopasgroup: true });
  });

  test('a number that cannot be one is refused by its place', async () => {
    const { errors } = await load('tsv.config.yaml', `programs:\n  p:\n    command: x\n    startsecs: 0x1F\n`);
    expect(errors.join()).toContain('programs.p.startsecs = "0x1F": not a whole number');
    const below = await load('tsv.config.yaml', `programs:\n  p:\n    command: x\n    startsecs: -1\n`);
    expect(below.errors.join()).toContain('programs.p.startsecs = -1: below 0');
  });
});

describe('JSON', () => {
  test.each(['1.10', '7654321e3', '12345678901234567890', '1.0', '5', '-1.5'])(
    '%s in an environment is the text as written',
    async (written) => {
      const { process, errors } = await load(
        'tsv.config.json',
        `{"programs":{"p":{"command":"x \\"1.10\\" 1e5","environment":{"A":${written},"B":"\\\\"}}}}`,
      );
      expect(errors).toEqual([]);
      expect(process).toMatchObject({ command: 'x "1.10" 1e5', environment: { A: written, B: '\\' } });
    },
  );

  test('a mode that is a number is refused', async () => {
    const { errors } = await load('tsv.config.json', `{"programs":{"p":{"command":"x","umask":22}}}`);
    expect(errors.join()).toContain('octal digits in quotes');
  });
});
