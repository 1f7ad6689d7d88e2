import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadPosix } from '../../../core/posix.ts';

const posix = loadPosix();
const KERNEL = execFileSync('uname', ['-r'], { encoding: 'utf8' }).split('.').map(Number);

/** Whether the kernel remembers the exit status for those who hold a pidfd. */
const remembers = (KERNEL[0] ?? 0) > 6 || (KERNEL[0] === 6 && (KERNEL[1] ?? 0) >= 15);

function sh(script: string): { child: ChildProcess; pidfd: number; exited: Promise<unknown> } {
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return { child, pidfd: posix.openPidfd(child.pid ?? 0), exited };
}

test.skipIf(!remembers).each([
  ['exit 42', { code: 42 }],
  ['exit 0', { code: 0 }],
  ['kill -9 $$', { signal: 'SIGKILL' }],
])('how a process ended (%s) is told once it was reaped, and not before', async (end, status) => {
  const { child, pidfd, exited } = sh(`read x; ${end}`);
  expect(posix.endOf(pidfd)).toBeUndefined();
  child.stdin?.end();
  await exited;
  expect(posix.endOf(pidfd)).toEqual(status);
  expect(posix.signalPidfd(pidfd, 0, false)).toBe('gone');
  closeSync(pidfd);
});

test('the ends of many are told, each once, and nothing waits after the last one', async () => {
  const ended: number[] = [];
  const many = Array.from({ length: 100 }, (_, number) => ({ ...sh('read x'), number }));
  const ends = many.map(
    ({ pidfd, number }) =>
      new Promise<void>((resolve) => {
        posix.watchEnd(pidfd, () => {
          ended.push(number);
          resolve();
        });
      }),
  );
  for (const { child } of many) child.stdin?.end();
  await Promise.all(ends);
  expect(ended.toSorted((a, b) => a - b)).toEqual(many.map(({ number }) => number));
  for (const { pidfd } of many) closeSync(pidfd);
});

test('a signal reaches the process, or all of its group', async () => {
  const { child, pidfd, exited } = sh('sleep 1000 & sleep 1000');
  await expect.poll(() => groupOf(child.pid)).toHaveLength(3);
  expect(posix.signalPidfd(pidfd, 9, true)).toBe('sent');
  await exited;
  await expect.poll(() => groupOf(child.pid)).toEqual([]);
  closeSync(pidfd);
});

function groupOf(pid: number | undefined): string[] {
  const list = execFileSync('ps', ['-eo', 'pgid=,pid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return list.filter((line) => new RegExp(`^\\s*${pid}\\s+\\d+\\s+[^Z]`).test(line));
}

test('a process keeps descriptors under their numbers, and gives them back', async () => {
  const [one, two] = [openSync('/etc/hostname', 'r'), openSync('/etc/passwd', 'r')];
  const pid = posix.spawnProcess({
    file: Buffer.from('/bin/sleep'),
    argv: [Buffer.from('sleep'), Buffer.from('1000')],
    env: [],
    cwd: undefined,
    fds: ['null', 'null', 'null'],
    keeps: [two],
  });
  const pidfd = posix.openPidfd(pid);
  try {
    const listed = execFileSync('ls', [`/proc/${pid}/fd`], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(listed.toSorted()).toEqual(['0', '1', '2', String(two)].toSorted());
    const copy = posix.copyDescriptor(pidfd, two);
    expect(readlinkSync(`/proc/self/fd/${copy}`)).toBe('/etc/passwd');
    expect(fstatSync(copy).ino).toBe(fstatSync(two).ino);
    closeSync(copy);
    expect(() => posix.copyDescriptor(pidfd, one)).toThrow('EBADF');
  } finally {
    posix.signalPidfd(pidfd, 9, false);
    await expect.poll(() => posix.reap(pid)).toMatchObject({ status: { signal: 'SIGKILL' } });
    for (const fd of [one, two, pidfd]) closeSync(fd);
  }
});
