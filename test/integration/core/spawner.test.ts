import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  openSync,
  readFileSync,
  closeSync,
  realpathSync,
  rmSync,
  writeFileSync,
  chownSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSpawner, type Exit, type FailureKind, type SpawnPlan, type Spawner } from '../../../core/index.ts';
import { loadPosix } from '../../../core/posix.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsv-spawn-')));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a plan to its end; its stdout and stderr as one text. */
async function run(
  plan: Partial<SpawnPlan>,
  spawner: Spawner = createSpawner(),
): Promise<{ exit: Exit; output: string; pid: number }> {
  const file = join(folder, `output-${Math.random()}`);
  const fd = openSync(file, 'w');
  try {
    const child = await new Promise<
      Extract<Parameters<Parameters<Spawner['spawn']>[1]>[0], { kind: 'child' }>['child']
    >((resolve, reject) => {
      spawner.spawn(
        {
          file: '/bin/sh',
          argv: ['sh'],
          env: { PATH: '/usr/bin:/bin', SUPERVISOR_PROCESS_NAME: 'p' },
          cwd: undefined,
          umask: undefined,
          identity: undefined,
          stdio: [{ kind: 'null' }, { kind: 'fd', fd }, { kind: 'fd', fd }],
          defer: () => undefined,
          ...plan,
        },
        (result) => (result.kind === 'child' ? resolve(result.child) : reject(new Error(result.reason))),
      );
    });
    const exit = await new Promise<Exit>((resolve) => child.onExit(resolve));
    return { exit, output: readFileSync(file, 'utf8'), pid: child.pid };
  } finally {
    closeSync(fd);
  }
}

const sh = (script: string): Partial<SpawnPlan> => ({ argv: ['sh', '-c', script] });

test('an exit is a code or a signal, never both', async () => {
  expect((await run(sh('exit 7'))).exit).toEqual({ kind: 'code', code: 7 });
  expect((await run(sh('kill -9 $$'))).exit).toEqual({ kind: 'signal', signal: 'SIGKILL' });
});

test('a child leads a process group of its own and inherits descriptors 0 to 2 only', async () => {
  // What this process inherited itself is marked once, as tsvd does at its start.
  loadPosix().closeOnExecFrom(3);
  const stray = openSync('/dev/null', 'r');
  const { output, pid } = await run(sh('ls /proc/$$/fd; cut -d" " -f5 /proc/$$/stat'));
  closeSync(stray);
  expect(output.trim().split('\n')).toEqual(['0', '1', '2', String(pid)]);
});

test('signals have their default dispositions in the child, SIGPIPE, too', async () => {
  const { output } = await run(sh('grep SigIgn /proc/$$/status'));
  expect(output).toMatch(/SigIgn:\s+0+\n/);
});

test('the umask is the plan’s in the child and unchanged in the daemon', async () => {
  const before = process.umask();
  const { output } = await run({ ...sh('umask'), umask: 0o027 });
  expect(output).toBe('0027\n');
  expect(process.umask()).toBe(before);
});

describe('what cannot run says why and exits with 127', () => {
  const said = (why: string): string => `supervisor: ${why}\nsupervisor: child process was not spawned\n`;
  const failed = (kind: FailureKind) => ({
    kind: 'code',
    code: 127,
    failure: { kind, text: expect.any(String) as string },
  });

  test('a directory that does not exist', async () => {
    const { exit, output } = await run({ ...sh('true'), cwd: '/does/not/exist' });
    expect({ exit, output }).toEqual({
      exit: failed('directory'),
      output: said("couldn't chdir to /does/not/exist: ENOENT"),
    });
  });

  test('a script without an interpreter line, which a shell would run', async () => {
    const file = join(folder, 'broken');
    writeFileSync(file, 'echo never', { mode: 0o755 });
    const { exit, output } = await run({ file, argv: [file] });
    expect({ exit, output }).toEqual({ exit: failed('format'), output: said(`couldn't exec ${file}: ENOEXEC`) });
  });

  test('a script whose interpreter is missing', async () => {
    const file = join(folder, 'orphan');
    writeFileSync(file, '#!/no/such/interpreter\n', { mode: 0o755 });
    const { exit, output } = await run({ file, argv: [file] });
    expect({ exit, output }).toEqual({ exit: failed('interpreter'), output: said(`couldn't exec ${file}: ENOENT`) });
  });

  test('a named pipe in the place of a program, which nobody waits for', async () => {
    const file = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '755', file]);
    const { exit, output } = await run({ file, argv: [file] });
    expect({ exit, output }).toEqual({ exit: failed('notFile'), output: said(`couldn't exec ${file}: EACCES`) });
  });

  test('its words reach stderr as they are, whatever they hold', async () => {
    const cwd = `${folder}/$(touch pwned)'"%s`;
    const { output } = await run({ ...sh('true'), cwd });
    expect(output).toBe(said(`couldn't chdir to ${cwd}: ENOENT`));
  });
});

describe.skipIf(process.getuid?.() !== 0)('another identity (needs root)', () => {
  const uid = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  const gid = Number(execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' }));
  const identity = { name: 'nobody', uid, gid, groups: [gid, 4, 20] };
  const spawner = createSpawner();

  test('has all of the user’s groups, every id dropped and no capability left', async () => {
    const { output } = await run(
      { ...sh('grep -E "^(Uid|Gid|Groups|CapPrm|CapEff):" /proc/$$/status'), identity },
      spawner,
    );
    expect(
      output
        .replaceAll(/[\t ]+/g, ' ')
        .trim()
        .split('\n'),
    ).toEqual([
      `Uid: ${uid} ${uid} ${uid} ${uid}`,
      `Gid: ${gid} ${gid} ${gid} ${gid}`,
      `Groups: ${[...identity.groups].sort((a, b) => a - b).join(' ')} `,
      'CapPrm: 0000000000000000',
      'CapEff: 0000000000000000',
    ]);
    expect([process.getuid?.(), process.geteuid?.(), process.getegid?.()]).toEqual([0, 0, 0]);
  });

  test('a directory that only root may enter is refused as the user', async () => {
    const cwd = mkdtempSync(join(folder, 'private-'));
    chownSync(cwd, 0, 0);
    const { output } = await run({ ...sh('true'), cwd, identity }, spawner);
    expect(output).toContain(`couldn't chdir to ${cwd}: EACCES`);
  });
});
