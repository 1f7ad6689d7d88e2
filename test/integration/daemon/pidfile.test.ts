import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removePidfile, writePidfile } from '../../../plugins/host/daemon/pidfile.ts';
import { exchanger } from '../../support/exchanger.ts';
import { secondUsers } from '../../support/second-user.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tsv-pid-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a pidfile replaces an old one of any length, and is removed while it is ours', () => {
  const file = join(folder, 'pid');
  writeFileSync(file, '123456789\n');
  expect(writePidfile(file, 42)).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe('42\n');
  removePidfile(file, 43);
  expect(existsSync(file)).toBe(true);
  removePidfile(file, 42);
  expect(existsSync(file)).toBe(false);
});

test('a FIFO, a link and a device are left alone, with words and without waiting', () => {
  const file = join(folder, 'pid');
  execFileSync('mkfifo', [file]);
  expect(writePidfile(file, 42)).toBe(`could not write pidfile ${file}: it is a FIFO or a socket, not a regular file`);
  removePidfile(file, 42);
  expect(existsSync(file)).toBe(true);

  writeFileSync(join(folder, 'victim'), 'precious');
  symlinkSync('victim', join(folder, 'link'));
  expect(writePidfile(join(folder, 'link'), 42)).toContain('is a symbolic link');
  symlinkSync('/dev/null', join(folder, 'null'));
  expect(writePidfile(join(folder, 'null'), 42)).toContain('is a symbolic link');
  expect(writePidfile('/dev/null', 42)).toContain('it is not a regular file');
  expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious');
});

const users = secondUsers();
test.skipIf(users === undefined)(
  'a user who exchanges the folder gets no pid into a file of root, and none removed',
  async () => {
    const [user] = users ?? [];
    if (user === undefined) return;
    const secret = mkdtempSync(join(tmpdir(), 'tsv-secret-'));
    writeFileSync(join(secret, 'pid'), '42\n', { mode: 0o600 });
    const run = join(folder, 'run');
    mkdirSync(run);
    for (const path of [folder, run]) chownSync(path, user.uid, user.gid);
    symlinkSync(secret, join(folder, 'trap'));
    lchownSync(join(folder, 'trap'), user.uid, user.gid);
    const problems: (string | undefined)[] = [];
    {
      await using _ = await exchanger(user, run, join(folder, 'trap'));
      for (let round = 0; round < 3_000; round += 1) {
        problems.push(writePidfile(join(run, 'pid'), 4_242));
        removePidfile(join(run, 'pid'), 42);
      }
    }
    expect(problems).toContain(undefined);
    expect(problems.some((problem) => problem?.includes('ELOOP'))).toBe(true);
    expect([readdirSync(secret), readFileSync(join(secret, 'pid'), 'utf8')]).toEqual([['pid'], '42\n']);
    rmSync(secret, { recursive: true });
  },
);
