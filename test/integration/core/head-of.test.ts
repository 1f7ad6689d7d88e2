import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { headOf } from '../../../core/files/head.ts';
import { runCommand } from '../../support/tsvd.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tsv-head-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is read to the length asked for, wherever links lead', () => {
  writeFileSync(join(folder, 'a'), '#!/bin/sh\n');
  symlinkSync('a', join(folder, 'b'));
  expect(headOf(join(folder, 'b'), 4)?.toString()).toBe('#!/b');
  expect(headOf(join(folder, 'b'), 100)?.toString()).toBe('#!/bin/sh\n');
});

test('what is no file is not opened, and nothing stays open', () => {
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  symlinkSync('loop', join(folder, 'loop'));
  const open = readdirSync('/proc/self/fd').length;
  for (const path of [join(folder, 'fifo'), join(folder, 'loop'), folder, '/dev/ptmx', '/dev/zero', '/no/such'])
    expect(headOf(path, 4)).toBeUndefined();
  expect(readdirSync('/proc/self/fd')).toHaveLength(open);
});

const SESSION = `
import pty, os, subprocess, sys
master, slave = pty.openpty()
subprocess.run([*sys.argv[1:], os.ttyname(slave)], start_new_session=True)
`;

/** A session leader without a terminal gets the first one that it opens: that is how ^C of a program's user would reach a daemon. */
test('a terminal in the place of a file does not become that of this process', async () => {
  const module = join(folder, 'head.mjs');
  buildSync({ entryPoints: ['core/files/head.ts'], outfile: module, bundle: true, platform: 'node', format: 'esm' });
  const script = `
    import { constants, openSync, readFileSync } from 'node:fs';
    import { headOf } from ${JSON.stringify(module)};
    const terminal = process.argv[1];
    const own = () => readFileSync('/proc/self/stat', 'utf8').replace(/^.*\\) /s, '').split(' ')[4];
    const seen = [headOf(terminal, 4), own()];
    openSync(terminal, constants.O_RDONLY | constants.O_NONBLOCK);
    console.log(seen.join(), own() === '0' ? 'the test shows nothing' : 'and a plain open gets it');
  `;
  const node = [process.execPath, '--input-type=module', '--eval', script, '--'];
  const { out, err } = await runCommand('python3', ['-c', SESSION, ...node]);
  expect(out + err).toBe(',0 and a plain open gets it\n');
});
