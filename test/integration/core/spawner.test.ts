import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeExit, type Exit } from '../../../core/index.ts';
import { loadPosix } from '../../../core/posix.ts';
import { openFolder, runPlan, sh, spawnPlan, SPAWNERS } from './spawn-support.ts';

let folder: ReturnType<typeof openFolder>;
beforeEach(() => {
  folder = openFolder();
});
afterEach(() => folder[Symbol.dispose]());

describe.each(SPAWNERS)('with %s', (name, spawner) => {
  const run = runPlan.bind(undefined, spawner);

  test('an exit is a code or a signal, never both', async () => {
    expect((await run(sh('exit 7'))).exit).toEqual({ kind: 'code', code: 7 });
    expect((await run(sh('kill -9 $$'))).exit).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  test('a program’s own 127 is no failure to run it', async () => {
    expect((await run(sh('exit 127'))).exit).toEqual({ kind: 'code', code: 127 });
    expect((await run({ ...sh('exit 127'), umask: 0o22 })).exit).toEqual({ kind: 'code', code: 127 });
  });

  test('a child leads a session and process group of its own and inherits descriptors 0 to 2 only', async () => {
    // What this process inherited itself is marked once, as tsvd does at its start.
    loadPosix().closeOnExecFrom(3);
    const stray = openSync('/dev/null', 'r');
    const { output, pid } = await run(sh('ls /proc/$$/fd; cut -d" " -f5,6 /proc/$$/stat'));
    closeSync(stray);
    expect(output.trim().split('\n')).toEqual(['0', '1', '2', `${pid} ${pid}`]);
  });

  test('descriptors may be exchanged, and one may stand for all', async () => {
    const stdio = [{ kind: 'fd', fd: 2 }, { kind: 'null' }, { kind: 'fd', fd: 0 }] as const;
    const ends = execFileSync('readlink', ['/proc/self/fd/0'], { stdio: [0, 'pipe', 2], encoding: 'utf8' });
    const result = await spawnPlan(spawner, {
      ...sh(`readlink /proc/$$/fd/1 /proc/$$/fd/2 > ${folder.path}/fds`),
      stdio,
    });
    if (result.kind === 'failed') throw new Error(result.reason);
    await new Promise((resolve) => result.child.onExit(resolve));
    const seen = execFileSync('cat', [join(folder.path, 'fds')], { encoding: 'utf8' });
    // Its own stdout is the file meanwhile; stderr is what our stdin is.
    expect(seen.split('\n')[1]).toBe(ends.trim());
  });

  test('signals have their default dispositions and an empty mask in the child, SIGPIPE, too', async () => {
    const { output } = await run({
      file: '/bin/grep',
      argv: ['grep', '-E', 'SigIgn|SigBlk', '/proc/self/status'],
    });
    expect(output).toMatch(/^SigBlk:\s+0+\nSigIgn:\s+0+\n$/);
  });

  test('the umask is the plan’s in the child and unchanged in the daemon', async () => {
    const before = process.umask();
    const { output } = await run({ ...sh('umask'), umask: 0o027 });
    expect(output).toBe('0027\n');
    expect(process.umask()).toBe(before);
  });

  test('a umask changes nothing of the environment, whatever names it has', async () => {
    const env = {
      PATH: '/usr/bin:/bin',
      'a.b-c': '1',
      'BASH_FUNC_x%%': '() { :; }',
      PWD: '/else',
      ENV: '/none',
      A: ' b\n',
    };
    const { output } = await run({ file: '/usr/bin/env', argv: ['env', '-0'], env, umask: 0o027 });
    const seen = output.split('\0').filter((entry) => entry !== '');
    expect(seen.toSorted()).toEqual(
      Object.entries(env)
        .map(([key, value]) => `${key}=${value}`)
        .toSorted(),
    );
  });

  test('a child that ends before anybody asks is told of its end all the same', async () => {
    const result = await spawnPlan(spawner, sh('exit 3'));
    if (result.kind === 'failed') throw new Error(result.reason);
    await expect.poll(() => result.child.signal('SIGCONT', false)).toBe('gone');
    expect(await new Promise<Exit>((resolve) => result.child.onExit(resolve))).toEqual({ kind: 'code', code: 3 });
  });

  test('every exit is told once, with its status, beside children of others and while JavaScript is busy', async () => {
    const codes = Array.from({ length: 120 }, (_, number) => number % 120);
    const others = codes.map(
      (code) => new Promise((resolve) => spawn('/bin/sh', ['-c', `exit ${code}`]).once('exit', resolve)),
    );
    const seen: Exit[] = [];
    const ends = codes.map(async (code) => {
      const result = await spawnPlan(spawner, sh(`exit ${code}`));
      if (result.kind === 'failed') throw new Error(result.reason);
      return new Promise<Exit>((resolve) =>
        result.child.onExit((exit) => {
          seen.push(exit);
          resolve(exit);
        }),
      );
    });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    expect(await Promise.all(ends)).toEqual(codes.map((code) => ({ kind: 'code', code })));
    expect(await Promise.all(others)).toEqual(codes);
    expect(seen).toHaveLength(codes.length);
  });

  test.each([
    [{ argv: ['sh', 'a\0b'] }, 'argument 1 holds a NUL byte'],
    [{ cwd: '/tmp\0/x' }, 'directory holds a NUL byte'],
    [{ env: { 'A=B': '1' } }, 'the variable "A=B" has a name or a value'],
    [{ umask: Number.NaN }, 'umask NaN is not a mask'],
  ])('a plan that the kernel would read otherwise is refused: %j', async (plan, reason) => {
    await expect(run(plan)).rejects.toThrow(reason);
  });

  describe('what cannot run says why and exits with 127', () => {
    const said = (why: string): string => `supervisor: ${why}\nsupervisor: child process was not spawned\n`;
    const failed = (kind: string, text: unknown = expect.any(String)) => ({
      kind: 'code',
      code: 127,
      failure: { kind, text },
    });
    const script = (text: string, mode = 0o755): string => {
      const file = join(folder.path, 'script');
      writeFileSync(file, text, { mode });
      return file;
    };

    test('a directory that does not exist', async () => {
      const { exit, output } = await run({ ...sh('true'), cwd: '/does/not/exist' });
      expect({ exit, output }).toEqual({
        exit: failed('directory', 'the directory /does/not/exist does not exist'),
        output: said("couldn't chdir to /does/not/exist: ENOENT"),
      });
    });

    test('a file that is not there any more', async () => {
      const { exit, output } = await run({ file: '/no/such', argv: ['/no/such'] });
      expect({ exit, output }).toEqual({
        exit: failed('missing', 'there is no file /no/such'),
        output: said("couldn't exec /no/such: ENOENT"),
      });
    });

    test('a script without an interpreter line, which a shell would run', async () => {
      const file = script('echo never');
      const { exit, output } = await run({ file, argv: [file] });
      expect({ exit, output }).toEqual({ exit: failed('format'), output: said(`couldn't exec ${file}: ENOEXEC`) });
    });

    test('a script whose interpreter is missing', async () => {
      const file = script('#!/no/such/interpreter\n');
      const { exit, output } = await run({ file, argv: [file] });
      const text = `the first line of ${file} names the interpreter /no/such/interpreter, which does not exist`;
      expect({ exit, output }).toEqual({
        exit: failed('interpreter', text),
        output: said(`couldn't exec ${file}: ENOENT`),
      });
    });

    test('a script with the line ends of Windows', async () => {
      const file = script('#!/bin/sh\r\ntrue\r\n');
      const { exit, output } = await run({ file, argv: [file] });
      const text = `the first line of ${file} ends with CR LF, so that its interpreter would be "/bin/sh\\r"`;
      expect({ exit, output }).toEqual({
        exit: failed('lineEnds', text),
        output: said(`couldn't exec ${file}: ENOENT`),
      });
    });

    test('a binary whose loader is missing', async () => {
      const file = join(folder.path, 'foreign');
      const loader = Buffer.from('/lib/ld-nosuch.so.1\0');
      const head = Buffer.alloc(64 + 56);
      execFileSync('cp', ['/bin/true', file]);
      head.set(Buffer.from(execFileSync('head', ['-c', '64', '/bin/true'])));
      head.writeBigUInt64LE(64n, 32);
      head.writeUInt16LE(56, 54);
      head.writeUInt16LE(1, 56);
      head.writeUInt32LE(3, 64);
      head.writeBigUInt64LE(120n, 64 + 8);
      head.writeBigUInt64LE(BigInt(loader.length), 64 + 32);
      writeFileSync(file, Buffer.concat([head, loader]), { mode: 0o755 });
      const { exit } = await run({ file, argv: [file] });
      expect(exit).toEqual(
        failed('loader', `${file} was linked for the loader /lib/ld-nosuch.so.1, which does not exist`),
      );
    });

    test('a named pipe in the place of a program, which nobody waits for', async () => {
      const file = join(folder.path, 'pipe');
      execFileSync('mkfifo', ['-m', '755', file]);
      const { exit, output } = await run({ file, argv: [file] });
      expect({ exit, output }).toEqual({ exit: failed('notFile'), output: said(`couldn't exec ${file}: EACCES`) });
    });

    test.runIf(name === 'posix_spawn')('arguments that are too long together', async () => {
      const { exit, output } = await run({ argv: ['sh', '-c', 'true', 'x'.repeat(200_000)] });
      expect({ exit, output }).toEqual({ exit: failed('tooLong'), output: said("couldn't exec sh: E2BIG") });
    });

    test.runIf(name === 'posix_spawn')('a program that somebody still writes', async () => {
      const file = join(folder.path, 'busy');
      execFileSync('cp', ['/bin/true', file]);
      const fd = openSync(file, 'r+');
      const { exit, output } = await run({ file, argv: [file] });
      closeSync(fd);
      expect({ exit, output }).toEqual({ exit: failed('busy'), output: said(`couldn't exec ${file}: ETXTBSY`) });
    });

    test('its words reach stderr as they are, whatever they hold', async () => {
      const cwd = `${folder.path}/$(touch pwned)'"%s\\n`;
      const { output } = await run({ ...sh('true'), cwd });
      expect(output).toBe(said(`couldn't chdir to ${cwd}: ENOENT`));
    });
  });
});

const POSIX = SPAWNERS[1]?.[1] ?? expect.fail('the spawner is there');

test('bytes that are not UTF-8 pass, in arguments, variables, directory and path', async () => {
  const raw = Buffer.from('caf\xe9', 'latin1');
  const place = Buffer.concat([Buffer.from(`${folder.path}/`), raw]);
  mkdirSync(place);
  writeFileSync(Buffer.concat([place, Buffer.from('/run')]), '#!/bin/sh\npwd; printf "%s|%s" "$1" "$NAME"', {
    mode: 0o755,
  });
  chmodSync(place, 0o755);
  const text = `caf\udce9`;
  const plan = {
    file: `${folder.path}/${text}/run`,
    argv: ['run', text],
    cwd: `${folder.path}/${text}`,
    env: { NAME: text },
  };
  const { output } = await runPlan(POSIX, plan);
  expect(output).toBe(`${folder.path}/caf\xe9\ncaf\xe9|caf\xe9`);
  expect((await runPlan(POSIX, { ...plan, umask: 0o22 })).output).toBe(output);
});

test('thousands of children that end at once are told, each once with its status, beside those of Node and of workers, and no signal is lost', async () => {
  const { readEnd, writeEnd } = loadPosix().makePipe('write');
  const codes = Array.from({ length: 3_000 }, (_, number) => number % 256);
  const byOthers = Array.from({ length: 50 }, () =>
    spawn('/bin/sh', ['-c', 'read x; exit 7'], { stdio: [readEnd, 'ignore', 'ignore'] }),
  );
  const ofOthers = byOthers.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  const workers = [1, 2].map(() => new Worker(FIFTEEN_CHILDREN, { eval: true, workerData: readEnd }));
  const nextOf = (worker: Worker) => new Promise((resolve) => worker.once('message', resolve));
  await Promise.all(workers.map(nextOf)); // spawned
  const inWorkers = workers.map(nextOf);
  const told: string[] = [];
  const ends: Promise<void>[] = [];
  for (const [number, code] of codes.entries()) {
    const stdio = [{ kind: 'fd', fd: readEnd }, { kind: 'null' }, { kind: 'null' }] as const;
    const result = await spawnPlan(POSIX, { ...sh(`read x; exit ${code}`), stdio });
    if (result.kind === 'failed') throw new Error(result.reason);
    ends.push(
      new Promise((resolve) =>
        result.child.onExit((exit) => {
          told.push(`${number} ${describeExit(exit)}`);
          resolve();
        }),
      ),
    );
  }
  let signals = 0;
  const count = (): void => void (signals += 1);
  process.on('SIGUSR2', count);
  try {
    closeSync(readEnd);
    closeSync(writeEnd); // all read the end of file, and end
    for (let half = 0; half < 2; half += 1) {
      const until = performance.now() + 1_500;
      while (performance.now() < until); // JavaScript is busy
      if (half === 0) process.kill(process.pid, 'SIGUSR2');
    }
    await Promise.all(ends);
    expect(told.toSorted()).toEqual(
      codes.map((code, number) => `${number} ${describeExit({ kind: 'code', code })}`).toSorted(),
    );
    expect(await Promise.all(ofOthers)).toEqual(byOthers.map(() => 7));
    expect(await Promise.all(inWorkers)).toEqual(workers.map(() => Array.from({ length: 15 }, () => 9)));
    await expect.poll(() => signals).toBe(1);
  } finally {
    process.off('SIGUSR2', count);
    for (const worker of workers) await worker.terminate();
  }
}, 60_000);

/** A worker: says so when its children are there, and their exit codes when all have ended. */
const FIFTEEN_CHILDREN = `
  const { spawn } = require('node:child_process');
  const { parentPort, workerData } = require('node:worker_threads');
  const children = Array.from({ length: 15 }, () => spawn('/bin/sh', ['-c', 'read x; exit 9'], { stdio: [workerData, 'ignore', 'ignore'] }));
  const ends = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  parentPort.postMessage('spawned');
  Promise.all(ends).then((codes) => parentPort.postMessage(codes));
`;

test('an exit brings what the run has used, its waited-for children included; without the system calls nothing', async () => {
  const work = `python3 -c 'x = b"x" * 60_000_000; sum(range(3_000_000))'; exit 4`;
  const [node, own] = await Promise.all(SPAWNERS.map(([, spawner]) => runPlan(spawner, sh(work))));
  expect(node?.usage).toBeUndefined();
  expect(own?.exit).toEqual({ kind: 'code', code: 4 });
  const { userSeconds = 0, systemSeconds = 0, peakMemoryBytes = 0 } = own?.usage ?? {};
  expect(userSeconds).toBeGreaterThan(0.01);
  expect(userSeconds + systemSeconds).toBeLessThan(60);
  expect(peakMemoryBytes).toBeGreaterThan(60_000_000);
  expect(peakMemoryBytes).toBeLessThan(200_000_000);
});

test.skipIf(execFileSync('/bin/sh', ['-c', 'ulimit -Hc'], { encoding: 'utf8' }).trim() === '0')(
  'a signal that left a core dump says so',
  async () => {
    const [, spawner] = SPAWNERS[1] ?? [];
    if (spawner === undefined) throw new Error('no spawner');
    const { exit } = await runPlan(spawner, { ...sh('ulimit -c unlimited; kill -SEGV $$'), cwd: folder.path });
    expect(exit).toEqual({ kind: 'signal', signal: 'SIGSEGV', dumpedCore: true });
    expect(describeExit(exit)).toBe('terminated by SIGSEGV (core dumped)');
  },
);

test('a program that ends by a signal of libc’s own is reported, and nobody is signalled in its place', async () => {
  const [, spawner] = SPAWNERS[1] ?? SPAWNERS[0] ?? [];
  if (spawner === undefined) throw new Error('no spawner');
  for (const [number, signal] of [
    [32, 'SIG32'],
    [33, 'SIG33'],
    [34, 'SIGRTMIN'],
  ] as const) {
    const { exit } = await runPlan(spawner, { file: '/bin/bash', argv: ['bash', '-c', `kill -${number} $$; sleep 5`] });
    expect(exit).toEqual({ kind: 'signal', signal });
  }
});

test('children that are stopped and continued, however often, do not wake the daemon', async () => {
  let woken = 0;
  const count = (): void => void (woken += 1);
  const [, [, spawner] = SPAWNERS[0]!] = SPAWNERS;
  await runPlan(spawner, sh('exit 0')); // from here on it listens
  process.on('SIGCHLD', count);
  try {
    const { exit } = await runPlan(
      spawner,
      sh('sleep 1000 & for i in $(seq 300); do kill -STOP $!; kill -CONT $!; done; kill $!; exit 3'),
    );
    const direct = await spawnPlan(spawner, sh('exec sleep 1000'));
    if (direct.kind === 'failed') throw new Error(direct.reason);
    for (let times = 0; times < 300; times += 1) {
      direct.child.signal('SIGSTOP', false);
      direct.child.signal('SIGCONT', false);
      if (times % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    direct.child.signal('SIGKILL', false);
    await new Promise((resolve) => direct.child.onExit(resolve));
    expect(exit).toEqual({ kind: 'code', code: 3 });
    expect(woken).toBeLessThan(10);
  } finally {
    process.off('SIGCHLD', count);
  }
});
