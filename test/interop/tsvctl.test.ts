import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparePiped, compareStep, FOLLOWED, STEPS } from './control-steps.ts';
import { Side } from './side.ts';
import { isMissing, runs } from '../support/peers.ts';

// Two real supervisords with the same configuration; supervisorctl does to one what tsvctl does to the other, step by
// step, and both must print the same and exit with the same code. Supervisor's client is the truth here.

const isAlone = isMissing('supervisord', runs('supervisord', '--version'), 'tsvctl is not compared with supervisorctl');

const folder = mkdtempSync(join(tmpdir(), 'tsvctl-interop-'));
const tsvctl = fileURLToPath(new URL('../../dist/tsvctl', import.meta.url));
const supervisor = new Side(join(folder, 'a'), { daemon: 'supervisord', client: 'supervisorctl' });
const ours = new Side(join(folder, 'b'), { daemon: 'supervisord', client: tsvctl });
const both = [supervisor, ours] as const;

describe.skipIf(isAlone)('tsvctl and supervisorctl', () => {
  beforeAll(async () => {
    await Promise.all(both.map((side) => side.start()));
  }, 60_000);

  afterAll(async () => {
    await Promise.all(both.map((side) => side.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  test('print the same and exit with the same code, command by command', { timeout: 600_000 }, async () => {
    for (const step of STEPS) await compareStep(both, step);
  });

  test('read commands from a pipe with the same prompts, to the end of the input or to quit', async () => {
    await comparePiped(both);
  });

  test('follow a log until Ctrl-C, which is no failure', async () => {
    for (const [command, log] of FOLLOWED) {
      const [theirs, mine] = await Promise.all(both.map((side) => side.follow(command, log)));
      expect(mine?.code).toBe(theirs?.code);
      expect(mine?.output.split('\n')[0]).toBe(theirs?.output.split('\n')[0]);
      expect(mine?.output.endsWith('\n\n')).toBe(theirs?.output.endsWith('\n\n'));
    }
  });

  test('fg passes on what is typed, shows what comes back, and ends with the input', async () => {
    // supervisorctl's own end of input leaves a thread behind that never ends, so there is nothing to compare with.
    const { code, output } = await ours.converse('fg echo', 'hello\n', /hello/);
    expect([code, output]).toEqual([0, '==> Press Ctrl-C to exit <==\nhello\nExiting foreground\n']);
  });

  test('say the same about a wrong command line, a missing file, a missing section and a daemon that is not there', async () => {
    const bad = join(folder, 'empty.conf');
    writeFileSync(bad, '[supervisord]\n');
    const lines: readonly string[][] = [
      ['--nonsense'],
      ['-x'],
      ['-c'],
      ['--s', 'x'],
      ['--interactive=yes'],
      ['-s', 'nonsense', 'status'],
      ['-i', '-i'],
      ['-c', '/nonexistent.conf'],
      ['-c', bad],
      ['-s', 'unix:///nonexistent.sock', 'status'],
      ['--server', 'unix:///nonexistent.sock', 'start', 'web'],
      ['-s', 'http://127.0.0.1:1', 'restart', 'web'],
      ['-s', 'http://127.0.0.1:1', 'status'],
      ['-s', 'unix:///nonexistent.sock', 'shutdown'],
      ['-s', 'unix:///nonexistent.sock', 'open', 'unix:///nonexistent.sock'],
    ];
    for (const words of lines) {
      const [theirs, mine] = await Promise.all(both.map((side) => side.control(words)));
      expect({ words, ...mine }).toEqual({ words, ...theirs });
    }
  });

  test('a password that is missing or wrong is reported alike', async () => {
    for (const words of [
      [],
      ['-u', 'me'],
      ['-u', 'me', '-p', 'wrong'],
      ['-p', 'pass:wörd'],
      ['-u', 'me', '-p', 'pass:wörd'],
    ]) {
      const [theirs, mine] = await Promise.all(
        both.map((side) => side.control(['-s', side.address, ...words, 'status', 'halted'])),
      );
      // supervisorctl tries a second time by mistake, and prints a Python error after the message.
      const [message = ''] = theirs?.output.split(/^error: /m) ?? [];
      expect({ words, ...mine }).toEqual({ words, code: theirs?.code, output: message });
    }
  });

  test('a reader that leaves early is no trouble', async () => {
    const child = spawn('sh', ['-c', `"${tsvctl}" -c "${ours.file}" status | head -1`]);
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, errors]).toEqual([0, []]);
  });

  test('empty the logs of all programs', async () => {
    const [theirs, mine] = await Promise.all(both.map((side) => side.control(['-c', side.file, 'clear all'])));
    expect(mine).toEqual(theirs);
  });

  test('restart the daemon, then end it', async () => {
    for (const command of ['reload', 'shutdown']) {
      const [theirs, mine] = await Promise.all(both.map((side) => side.control(['-c', side.file, command])));
      expect(mine).toEqual(theirs);
      await Promise.all(both.map((side) => (command === 'reload' ? side.untilUp() : side.untilDown())));
    }
    const [theirs, mine] = await Promise.all(both.map((side) => side.control(['-c', side.file, 'status'])));
    expect(mine).toEqual(theirs);
  });
});
