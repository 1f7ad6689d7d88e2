import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { SpawnResult, UserIdentity } from '../../../core/index.ts';
import { isMissing, runs } from '../../support/peers.ts';
import { secondUsers, type SecondUser } from '../../support/second-user.ts';
import { gcc, openFolder, runPlan, sh, spawnPlan, SPAWNERS } from './spawn-support.ts';

// attack.c signals, traces and reads whatever it can of the daemon, and of the daemon's children that are not its user's yet.

const users = secondUsers();
const isMissingGcc = isMissing('gcc', runs('gcc', '--version'), 'nobody attacks the daemon and its children');

const folder = openFolder();
afterAll(() => folder[Symbol.dispose]());
const program = join(folder.path, 'attack');

describe.skipIf(users === undefined || isMissingGcc).each(SPAWNERS)(
  'an attack of a program, with %s',
  (name, spawner) => {
    const [one, other] = (users ?? []).map(identityOf);
    if (one === undefined || other === undefined) return;
    gcc(program, readFileSync(new URL('attack.c', import.meta.url)));

    /** Runs attackers during `work`, from when they have begun; all that they say. */
    async function attackOn(pid: number, by: readonly UserIdentity[], work: (words: () => string) => Promise<unknown>) {
      const file = join(folder.path, `words-${pid}-${name}`);
      const fd = openSync(file, 'w');
      const words = () => readFileSync(file, 'utf8');
      const attackers: SpawnResult[] = [];
      try {
        for (const identity of by) {
          const plan = { file: program, argv: ['attack', String(pid)], identity };
          attackers.push(
            await spawnPlan(spawner, { ...plan, stdio: [{ kind: 'null' }, { kind: 'fd', fd }, { kind: 'fd', fd }] }),
          );
        }
        await expect.poll(() => words().match(/^begun$/gm)).toHaveLength(by.length);
        await work(words);
      } finally {
        for (const attacker of attackers) await killed(attacker);
        closeSync(fd);
      }
      return words();
    }

    test('succeeds on a daemon that takes on the ids of its program for a moment', async () => {
      const script = `import os; os.setresuid(${one.uid}, ${one.uid}, 0); print(flush=True); input()`;
      const naive = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
      try {
        await new Promise((resolve) => naive.stdout.once('data', resolve));
        await attackOn(naive.pid ?? 0, [one], async (words) => {
          await expect.poll(words).toContain(`kill of ${naive.pid}`);
        });
      } finally {
        naive.kill('SIGKILL');
        await new Promise((resolve) => naive.once('exit', resolve));
      }
    });

    const count = name === 'posix_spawn' ? 1_000 : 100;
    test(`gets nothing of ours in ${count} spawns, nor of a child on its way to its user`, async () => {
      const env = {
        PATH: `${folder.path}:/usr/bin:/bin`,
        LD_PRELOAD: program,
        LD_LIBRARY_PATH: folder.path,
        NODE_OPTIONS: '--require=/none',
        BASH_ENV: program,
      };
      // One is a stranger to the children; the other is who they become.
      const words = await attackOn(process.pid, [one, other], async () => {
        for (let spawned = 0; spawned < count; spawned += 1) {
          const umask = spawned % 2 === 0 ? 0o22 : undefined;
          await runPlan(spawner, { ...sh('exit 0'), env, umask, identity: other });
        }
      });
      expect(words).toBe('begun\nbegun\n');
    }, 120_000);
  },
);

function identityOf({ name, uid, gid, group }: SecondUser): UserIdentity {
  return { name, uid, gid, groups: [gid, group.gid] };
}

async function killed(result: SpawnResult): Promise<void> {
  if (result.kind !== 'child') return;
  result.child.signal('SIGKILL', true);
  await new Promise((resolve) => result.child.onExit(resolve));
}
