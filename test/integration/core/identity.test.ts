import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSpawner, type Exit, type SpawnPlan } from '../../../core/index.ts';
import { secondUsers } from '../../support/second-user.ts';
import { Place, until } from '../../support/tsvd.ts';

/** Attacks on the way from root to the user of a program. */

const users = secondUsers();
const hasCompiler = spawnSync('cc', ['--version']).status === 0;
if (!hasCompiler) {
  if (process.env['CI'] !== undefined) throw new Error('cc is missing: the attack by LD_PRELOAD cannot be made');
  console.warn('SKIPPED: cc is missing, so the attack by LD_PRELOAD is not made');
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsv-identity-'));
  chmodSync(folder, 0o777);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Given = Partial<Omit<SpawnPlan, 'stdio' | 'defer'>>;

/** Spawns a plan whose output goes to a file; resolves to its exit or the reason why there was no child. */
async function run(given: Given): Promise<{ exit: Exit | string; output: string }> {
  const file = join(folder, 'output');
  writeFileSync(file, '', { mode: 0o666 });
  chmodSync(file, 0o666);
  const exit = await new Promise<Exit | string>((resolve) => {
    createSpawner().spawn(
      {
        file: '/bin/sh',
        argv: ['sh', '-c', `exec >${file} 2>&1; id -u; id -g; id -G; umask; pwd; grep -E '^Cap' /proc/self/status`],
        env: { PATH: '/usr/bin:/bin' },
        cwd: undefined,
        umask: undefined,
        identity: undefined,
        stdio: [{ kind: 'null' }, { kind: 'null' }, { kind: 'null' }],
        defer: () => undefined,
        ...given,
      },
      (result) => {
        if (result.kind === 'child') result.child.onExit(resolve);
        else resolve(result.reason);
      },
    );
  });
  return { exit, output: readFileSync(file, 'utf8') };
}

const OK: Exit = { kind: 'code', code: 0 };

describe.skipIf(users === undefined)('a program with user=', () => {
  const [one] = users ?? [];
  const identity = {
    name: one?.name ?? '',
    uid: one?.uid ?? 0,
    gid: one?.gid ?? 0,
    groups: [one?.gid ?? 0, one?.group.gid ?? 0],
  };

  test('has the ids, groups, umask and folder of its plan, and no capability in any set but the bounding one', async () => {
    const before = process.umask();
    const { exit, output } = await run({ identity, umask: 0o027, cwd: folder });
    expect(exit).toEqual(OK);
    const [uid, gid, groups = '', umask, pwd, ...capabilities] = output.trimEnd().split('\n');
    expect([uid, gid, umask, pwd]).toEqual([String(identity.uid), String(identity.gid), '0027', folder]);
    expect(new Set(groups.split(' ').map(Number))).toEqual(new Set(identity.groups));
    const none = capabilities.filter((line) => !line.startsWith('CapBnd'));
    expect(none.map((line) => line.replace(/\s+/, ' '))).toEqual(
      ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map((name) => `${name}: 0000000000000000`),
    );
    expect([process.getuid?.(), process.geteuid?.(), process.umask()]).toEqual([0, 0, before]);
  });

  test.each([
    { uid: NaN },
    { uid: -1 },
    { uid: 2 ** 32 - 1 },
    { uid: 1.5 },
    { gid: NaN },
    { gid: -1 },
    { groups: [NaN] },
  ])('is not started with the identity %j, which the kernel would take for no change', async (wrong) => {
    const { exit, output } = await run({ identity: { ...identity, ...wrong } });
    expect(exit).toContain('is not an id (0 to 4294967294)');
    expect(output).toBe('');
  });

  test.skipIf(!hasCompiler)('runs no code of LD_PRELOAD, LD_AUDIT or LD_LIBRARY_PATH as root', async () => {
    const source = join(folder, 'spy.c');
    const marks = join(folder, 'marks');
    writeFileSync(marks, '', { mode: 0o666 });
    chmodSync(marks, 0o666);
    writeFileSync(
      source,
      `#include <stdio.h>
       #include <unistd.h>
       __attribute__((constructor)) static void spy(void) {
         FILE *marks = fopen("${marks}", "a");
         if (marks) { fprintf(marks, "%d\\n", (int)geteuid()); fclose(marks); }
       }
       unsigned la_version(unsigned version) { return version; }\n`,
    );
    const library = join(folder, 'libc.so.6');
    execFileSync('cc', ['-shared', '-fPIC', '-o', join(folder, 'spy.so'), source]);
    execFileSync('cp', [join(folder, 'spy.so'), library]);
    chmodSync(join(folder, 'spy.so'), 0o755);
    const { exit } = await run({
      identity,
      env: { PATH: '/usr/bin:/bin', LD_PRELOAD: join(folder, 'spy.so'), LD_AUDIT: join(folder, 'spy.so') },
    });
    expect(exit).toEqual(OK);
    await run({ identity, env: { PATH: '/usr/bin:/bin', LD_LIBRARY_PATH: folder } });
    const ids = new Set(readFileSync(marks, 'utf8').trim().split('\n'));
    expect([...ids]).toEqual([String(identity.uid)]); // it did run, as the user
  });

  test('finds every variable of its environment, those that were withheld from the tools too', async () => {
    const env = {
      PATH: '/usr/bin:/bin',
      LD_LIBRARY_PATH: '/x',
      LC_ALL: 'C',
      LANG: 'C',
      TMPDIR: '/y',
      BASH_ENV: '/z',
      A: 'b=c d',
    };
    const { output } = await run({ identity, env, argv: ['sh', '-c', `env >${join(folder, 'output')}`], umask: 0o022 });
    const found = Object.fromEntries(
      output
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/=(.*)/s)),
    );
    expect(found).toMatchObject(env);
  });

  test('takes no tool from a PATH of its own', async () => {
    for (const name of ['chroot', 'env', 'sh', 'nice']) {
      writeFileSync(join(folder, name), `#!/bin/sh\nid -u >>${folder}/fooled\n`, { mode: 0o755 });
    }
    const { exit } = await run({
      identity,
      env: { PATH: folder },
      umask: 0o022,
      cwd: '/',
      argv: ['/bin/sh', '-c', 'exit 7'],
    });
    expect(exit).toEqual({ kind: 'code', code: 7 });
    expect(existsSync(join(folder, 'fooled'))).toBe(false);
  });

  test.each(['a=b', '-x'])('may be called %s, which env would take for something else', async (name) => {
    const file = join(folder, name);
    writeFileSync(file, '#!/bin/sh\nexit 9\n', { mode: 0o755 });
    const { exit } = await run({ identity, file: `./${name}`, argv: [name], cwd: folder, env: { LANG: 'C' } });
    expect(exit).toEqual({ kind: 'code', code: 9 });
  });

  test('may not signal the daemon while it starts others', async () => {
    await using place = new Place();
    place.conf(`[program:killer]
command=/bin/sh -c "exec 2>/dev/null; while :; do kill -KILL $PPID; kill -USR1 $PPID; done"
user=${identity.name}
startsecs=0
[program:other]
command=/bin/sh -c "echo x >>${place.path('runs')}; exec sleep 1000"
user=${identity.name}
startsecs=0
stopsignal=KILL
numprocs=6
process_name=other-%(process_num)d
`);
    place.write('runs', '');
    chmodSync(place.path('runs'), 0o666);
    const { child } = await place.start();
    await place.status('killer', 'RUNNING');
    for (let times = 0; times < 4; times += 1) await place.ctl('restart', 'other:*');
    await until('thirty runs', () => place.read('runs').split('\n').length > 30);
    expect(child.exitCode ?? child.signalCode).toBe(null);
    await place.status('killer', 'RUNNING');
  });
});
