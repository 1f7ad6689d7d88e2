import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { UserIdentity } from '../../../core/index.ts';
import { secondUsers } from '../../support/second-user.ts';
import { gcc, openFolder, runPlan, sh, spawnPlan, SPAWNERS } from './spawn-support.ts';
import { isCi } from '../../support/peers.ts';

const users = secondUsers();

let folder: ReturnType<typeof openFolder>;
beforeEach(() => {
  folder = openFolder();
});
afterEach(() => folder[Symbol.dispose]());

describe.skipIf(users === undefined).each(SPAWNERS)('another identity (needs root), with %s', (name, spawner) => {
  const run = runPlan.bind(undefined, spawner);
  const [one] = users ?? [{ name: '', uid: 1, gid: 1, group: { name: '', gid: 1 } }];
  const identity: UserIdentity = { name: one.name, uid: one.uid, gid: one.gid, groups: [one.gid, one.group.gid, 4] };

  test('has all of the user’s groups, every id switched and no capability left', async () => {
    const { output } = await run({ file: '/bin/grep', argv: ['grep', '-E', FIELDS, '/proc/self/status'], identity });
    expect(fieldsOf(output)).toMatchObject({
      Uid: `${one.uid} ${one.uid} ${one.uid} ${one.uid}`,
      Gid: `${one.gid} ${one.gid} ${one.gid} ${one.gid}`,
      Groups: [...identity.groups].toSorted((a, b) => a - b).join(' '),
      CapPrm: '0000000000000000',
      CapEff: '0000000000000000',
      CapAmb: '0000000000000000',
    });
    expect([process.getuid?.(), process.geteuid?.(), process.getegid?.()]).toEqual([0, 0, 0]);
  });

  test('two thousand groups pass', async () => {
    const groups = [one.gid, ...Array.from({ length: 1999 }, (_, number) => 100_000 + number)];
    const { output } = await run({ file: '/usr/bin/id', argv: ['id', '-G'], identity: { ...identity, groups } });
    expect(
      output
        .trim()
        .split(' ')
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual(groups.toSorted((a, b) => a - b));
  });

  test.each([
    ['uid', Number.NaN],
    ['uid', -1],
    ['uid', 2 ** 32],
    ['uid', 2 ** 32 - 1],
    ['uid', 1.5],
    ['gid', -1],
    ['gid', Number.NaN],
  ])('a plan with %s %d fails, instead of leaving the daemon’s', async (key, id) => {
    const result = await spawnPlan(spawner, { ...sh('id'), identity: { ...identity, [key]: id } });
    expect(result).toMatchObject({ kind: 'failed', failure: 'identity' });
    expect(result.kind === 'failed' && result.reason).toContain(`${key} ${id} is not an id`);
  });

  test('a group that is no number fails, too', async () => {
    const result = await spawnPlan(spawner, { ...sh('id'), identity: { ...identity, groups: [one.gid, Number.NaN] } });
    expect(result).toMatchObject({ kind: 'failed', failure: 'identity' });
  });

  test('an id that is also somebody’s name is a number', async () => {
    // No name service is asked: nobody has this id, and `--userspec=1001` would be looked up as a name first.
    const uid = 54_321;
    const { output } = await run({
      ...sh('id -u; id -G'),
      identity: { name: String(uid), uid, gid: uid, groups: [uid] },
    });
    expect(output).toBe(`${uid}\n${uid}\n`);
  });

  test('a directory that only root may enter is refused as the user', async () => {
    const cwd = join(folder.path, 'private');
    mkdirSync(cwd, { mode: 0o700 });
    const { exit, output } = await run({ ...sh('true'), cwd, identity });
    expect(output).toBe(`supervisor: couldn't chdir to ${cwd}: EACCES\nsupervisor: child process was not spawned\n`);
    expect(exit).toMatchObject({ code: 127, failure: { kind: 'directory' } });
  });

  test('a directory that the user may enter, and modes alone do not tell, is entered', async () => {
    const cwd = join(folder.path, 'shared');
    mkdirSync(cwd, { mode: 0o700 });
    try {
      execFileSync('setfacl', ['-m', `u:${one.name}:x`, cwd], { stdio: 'ignore' });
    } catch {
      return console.warn('skipped: needs setfacl and a file system with access control lists');
    }
    const { output } = await run({ ...sh('pwd'), cwd, identity });
    expect(output).toBe(`${cwd}\n`);
    return undefined;
  });

  test('a directory that is the user’s alone is entered', async () => {
    const cwd = join(folder.path, 'own');
    mkdirSync(cwd, { mode: 0o700 });
    chownSync(cwd, one.uid, one.gid);
    expect((await run({ ...sh('pwd; umask'), cwd, umask: 0o077, identity })).output).toBe(`${cwd}\n0077\n`);
  });

  test('a command whose name holds = is a command', async () => {
    const file = join(folder.path, 'a=b');
    writeFileSync(file, '#!/bin/sh\nid -u; echo "$1"\n', { mode: 0o755 });
    const plan = { file: './a=b', argv: ['./a=b', 'c=d'], cwd: folder.path, identity };
    expect((await run(plan)).output).toBe(`${one.uid}\nc=d\n`);
  });

  test('the environment and the name reach the program as they are', async () => {
    const env = {
      PATH: '/usr/bin:/bin',
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'C',
      LD_SDK_KEY: 'k',
      TMPDIR: '/x y',
      A: 'b=c',
      'd.e': '"$f"',
    };
    const { output } = await run({ file: '/usr/bin/env', argv: ['env', '-0'], env, identity });
    const seen = output.split('\0').filter((entry) => entry !== '');
    expect(seen.toSorted()).toEqual(
      Object.entries(env)
        .map(([key, value]) => `${key}=${value}`)
        .toSorted(),
    );
    const named = await run({
      file: '/usr/bin/sh',
      argv: ['sh', '-c', 'tr "\\0" " " < /proc/$$/cmdline; true'],
      identity,
    });
    expect(named.output).toMatch(/^sh -c /);
  });

  test('nothing of the program’s environment acts while the child is still root', async (context) => {
    const library = join(folder.path, 'act.so');
    const marks = join(folder.path, 'marks');
    mkdirSync(marks);
    chmodSync(marks, 0o777);
    try {
      compile(library, marks);
    } catch (error) {
      if (isCi()) throw error;
      console.warn('SKIPPED: gcc is not here: a preloaded library is not tried');
      return context.skip();
    }
    const paths = join(folder.path, 'bin');
    mkdirSync(paths);
    for (const tool of ['env', 'chroot', 'sh', 'nice', 'bash', 'id']) {
      writeFileSync(join(paths, tool), `#!/bin/sh\n: > ${marks}/$(/usr/bin/id -u)-fake-${tool}\n`, { mode: 0o755 });
    }
    const env = {
      PATH: `${paths}:/usr/bin:/bin`,
      LD_PRELOAD: library,
      LD_AUDIT: library,
      LD_LIBRARY_PATH: folder.path,
      GCONV_PATH: folder.path,
      GLIBC_TUNABLES: 'glibc.malloc.check=3',
      BASH_ENV: join(paths, 'env'),
      ENV: join(paths, 'env'),
      NODE_OPTIONS: '--require=/none',
      MALLOC_CHECK_: '3',
    };
    for (const umask of [undefined, 0o027]) {
      const { exit } = await run({ ...sh('exec true'), env, cwd: '/tmp', umask, identity });
      expect(exit).toMatchObject({ kind: 'code', code: 0 });
    }
    const seen = execFileSync('ls', [marks], { encoding: 'utf8' })
      .split('\n')
      .filter((mark) => mark !== '');
    expect(seen.filter((mark) => mark.startsWith('0-'))).toEqual([]);
    expect(
      seen.filter((mark) => mark.startsWith(`${one.uid}-`)),
      'the program itself has it',
    ).not.toEqual([]);
  });

  test.runIf(name === 'posix_spawn')('a file that only the child finds out about is a failed exec', async () => {
    const file = join(folder.path, 'gone');
    // Modes allow it; the interpreter is there, but not for this user.
    const hidden = join(folder.path, 'hidden');
    mkdirSync(hidden, { mode: 0o700 });
    execFileSync('cp', ['/bin/sh', join(hidden, 'sh')]);
    writeFileSync(file, `#!${hidden}/sh\n`, { mode: 0o755 });
    const { exit, output } = await run({ file, argv: [file], env: { LANG: 'C' }, identity });
    expect(exit).toMatchObject({ kind: 'code', code: 127, failure: { kind: 'permission' } });
    expect(output).toContain('Permission denied');
    expect((await run({ ...sh('exit 126'), env: { LANG: 'C' }, identity })).exit).toEqual({ kind: 'code', code: 126 });
  });
});

const FIELDS = '^(Uid|Gid|Groups|Cap[A-Z][a-z]+|Umask|Sig(Blk|Ign|Cgt)|NoNewPrivs|Seccomp):';

function fieldsOf(status: string): Record<string, string> {
  return Object.fromEntries(
    status
      .trim()
      .split('\n')
      .map((line) => {
        const [key = '', ...values] = line.split(/[:\s]+/).filter((part) => part !== '');
        return [key, values.join(' ')];
      }),
  );
}

/** A library that leaves a file named for the effective user id of whoever loads it. */
function compile(library: string, marks: string): void {
  const source = `
    #include <stdio.h>
    #include <unistd.h>
    #include <fcntl.h>
    unsigned la_version(unsigned version) { return version; }
    __attribute__((constructor)) static void act(void) {
      char path[512];
      snprintf(path, sizeof path, "${marks}/%d-%d", (int)geteuid(), (int)getpid());
      close(open(path, O_CREAT | O_WRONLY, 0666));
    }`;
  gcc(library, source, '-shared', '-fPIC');
}
