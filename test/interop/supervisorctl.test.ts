import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparePiped, compareStep, FOLLOWED, STEPS, type Step } from './control-steps.ts';
import { Side } from './side.ts';
import { isMissing, runs } from '../support/peers.ts';

// A real supervisord and our daemon with the same configuration; the unmodified supervisorctl does the same to both, step
// by step, and must not notice on which of the two it is: it prints the same and exits with the same code.

const isAlone = isMissing('supervisord', runs('supervisord', '--version'), 'tsvd is not compared with it');

const folder = mkdtempSync(join(tmpdir(), 'supervisorctl-interop-'));
const tsvd = fileURLToPath(new URL('../../dist/tsvd', import.meta.url));
const supervisor = new Side(join(folder, 'a'), { daemon: 'supervisord', client: 'supervisorctl' });
const ours = new Side(join(folder, 'b'), { daemon: tsvd, client: 'supervisorctl' });
const both = [supervisor, ours] as const;

/**
 * What a changed file does; the file changes once, before these. All programs at once are left out: Supervisor has those that
 * were added again last, ours stay in their place.
 */
const AFTER_THE_CHANGE: readonly Step[] = [
  ['reread'],
  ['avail'],
  ['status'],
  ['update nope'],
  ['add fresh'],
  ['add fresh'],
  ['status fresh'],
  ['remove fresh'],
  ['stop fresh'],
  ['remove fresh'],
  ['remove fresh'],
  ['update fresh web'],
  ['status web'],
  ['update'],
  ['status'],
  ['reread'],
  ['update'],
  ['start halted'],
  ['stop fresh echo'],
  ['restart fresh echo'],
];

describe.skipIf(isAlone)('supervisorctl on tsvd and on supervisord', () => {
  beforeAll(async () => {
    await Promise.all(both.map((side) => side.start()));
  }, 60_000);

  afterAll(async () => {
    await Promise.all(both.map((side) => side.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  test('prints the same and exits with the same code, command by command', { timeout: 600_000 }, async () => {
    for (const step of STEPS) await compareStep(both, step);
  });

  test('reads commands from a pipe with the same answers', async () => {
    await comparePiped(both);
  });

  test('follows logs until Ctrl-C, which is no failure', async () => {
    for (const [command, log] of FOLLOWED) {
      const [theirs, mine] = await Promise.all(both.map((side) => side.follow(command, log)));
      // The daemon's own log has other words.
      const compared = (side: typeof mine) =>
        command.startsWith('maintail') ? { command, code: side?.code } : { command, ...side };
      expect(compared(mine)).toEqual(compared(theirs));
    }
  });

  test('gets in with name and password, and is refused in the same words without', async () => {
    for (const words of [[], ['-u', 'me'], ['-u', 'me', '-p', 'wrong'], ['-u', 'me', '-p', 'pass:wörd']]) {
      const [theirs, mine] = await Promise.all(
        both.map((side) => side.control(['-s', side.address, ...words, 'status', 'halted'])),
      );
      expect({ words, ...mine }).toEqual({ words, ...theirs });
    }
  });

  test('carries out a changed file in the same steps', { timeout: 120_000 }, async () => {
    for (const side of both) {
      side.edit((text) =>
        text
          .replace('[program:web]', '[program:web]\nstopsignal=INT')
          .replace('[program:missing]\ncommand=/no/such/thing\nautostart=false\n', '')
          .replace('[program:dies]', '[program:fresh]\ncommand=sleep 1000\nstartsecs=0\n[program:dies]'),
      );
    }
    for (const step of AFTER_THE_CHANGE) await compareStep(both, step);
  });

  test('is told of a broken file, which changes nothing', async () => {
    for (const side of both) side.edit((text) => `${text}[program:broken]\n`);
    for (const command of ['reread', 'update', 'avail']) {
      const [theirs, mine] = await Promise.all(both.map((side) => side.control(['-c', side.file, command])));
      // Ours tells all that is wrong, in its own words; where both begin and how they end is the same.
      expect({ command, code: mine?.code, fault: mine?.output.slice(0, 15) }).toEqual({
        command,
        code: theirs?.code,
        fault: theirs?.output.slice(0, 15),
      });
    }
    for (const side of both) side.edit((text) => text.replace('[program:broken]\n', ''));
    await compareStep(both, ['status']);
  });

  test('restarts the daemon, empties all logs, ends it', async () => {
    const fresh = '[program:fresh]\ncommand=sleep 1000\nstartsecs=0\n';
    for (const side of both) side.edit((text) => text.replace(fresh, ''));
    await compareStep(both, ['reload']);
    await Promise.all(both.map((side) => side.untilUp()));
    await compareStep(both, ['clear all']);
    await compareStep(both, ['shutdown']);
    await Promise.all(both.map((side) => side.untilDown()));
    await compareStep(both, ['status']);
  });
});
