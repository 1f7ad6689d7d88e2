import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locate, lookAt, openFile, openFolder, reasonOf } from '../../../core/index.ts';
import { createAutoLog, removeAutoLog } from '../../../plugins/output/logging/file/auto-log.ts';
import { Compressor } from '../../../plugins/output/logging/file/compressor.ts';
import { copyAndEmpty } from '../../../plugins/output/logging/file/copy-rotation.ts';
import { createLog, identityAt, openLog, openToRead } from '../../../plugins/output/logging/file/open-log.ts';
import { rotate } from '../../../plugins/output/logging/file/rotate.ts';
import { exchanger } from '../../support/exchanger.ts';
import { secondUsers } from '../../support/second-user.ts';

const { O_APPEND, O_CREAT, O_WRONLY } = constants;
const users = secondUsers();

/** A folder of another user. */
let place = '';
/** A folder that only root may enter. */
let secret = '';
beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'tsv-theirs-')));
  secret = realpathSync(mkdtempSync(join(tmpdir(), 'tsv-secret-')));
  writeFileSync(join(secret, 'app.log'), 'secret\n');
  chmodSync(join(secret, 'app.log'), 0o600);
  if (users !== undefined) chownSync(place, users[0].uid, users[0].gid);
});
afterEach(() => {
  for (const folder of [place, secret]) rmSync(folder, { recursive: true, force: true });
});

/** A folder, or a file, of the other user. */
function theirs(name: string, content?: string): string {
  const path = join(place, name);
  if (content === undefined) mkdirSync(path);
  else writeFileSync(path, content);
  if (users !== undefined) chownSync(path, users[0].uid, users[0].gid);
  return path;
}

/** A link that the other user has made. */
function theirLink(target: string, name: string): string {
  const path = join(place, name);
  symlinkSync(target, path);
  if (users !== undefined) lchownSync(path, users[0].uid, users[0].gid);
  return path;
}

function append(path: string): void {
  const fd = openFile(path, { flags: O_WRONLY | O_APPEND | O_CREAT });
  writeSync(fd, 'x');
  closeSync(fd);
}

describe.skipIf(users === undefined)('what root opens in the folder of another user', () => {
  test('a link that stays below that folder is followed, as deployments have it (current -> releases/5)', () => {
    theirs('releases');
    theirs('releases/5');
    theirLink('releases/5', 'current');
    theirLink(join(place, 'releases'), 'absolute');
    theirLink('app.log', 'releases/5/link.log');
    append(join(place, 'current', 'app.log'));
    append(join(place, 'absolute', '5', 'app.log'));
    append(join(place, 'current', 'link.log'));
    expect(readFileSync(join(place, 'releases/5/app.log'), 'utf8')).toBe('xxx');
  });

  test('a link that leads out is not, absolute or relative, whoever made it, and the error says so', () => {
    const cases = [theirLink(secret, 'a'), theirLink(join('..', secret.split('/').at(-1) ?? ''), 'b')];
    symlinkSync(secret, join(place, 'c')); // of root
    for (const link of [...cases, join(place, 'c')]) {
      expect(() => append(join(link, 'app.log'))).toThrow(/is a symbolic link in a folder that others can write/);
      expect(() => openFolder(link)).toThrow(/which belongs to user \d+; it is not followed/);
    }
    theirLink(join(secret, 'app.log'), 'file.log');
    expect(() => append(join(place, 'file.log'))).toThrow('it is not followed');
    expect(() => lookAt(join(place, 'file.log'))).toThrow('it is not followed');
    expect(readFileSync(join(secret, 'app.log'), 'utf8')).toBe('secret\n');
  });

  test('in a folder that all may write to, links of root are followed and others are not', () => {
    chownSync(place, 0, 0);
    chmodSync(place, 0o1777);
    symlinkSync(secret, join(place, 'of-root'));
    theirLink(secret, 'of-them');
    append(join(place, 'of-root', 'new.log'));
    expect(readFileSync(join(secret, 'new.log'), 'utf8')).toBe('x');
    expect(() => append(join(place, 'of-them', 'other.log'))).toThrow('neither root nor this user has made it');
  });

  test('in a folder of root a link is followed wherever it leads', () => {
    chownSync(place, 0, 0);
    theirLink(secret, 'data');
    append(join(place, 'data', 'new.log'));
    expect(readFileSync(join(secret, 'new.log'), 'utf8')).toBe('x');
  });

  test('a folder is held by what it is and not by its name', () => {
    using held = locate(join(theirs('logs'), 'app.log'));
    rmSync(join(place, 'logs'), { recursive: true });
    theirLink(secret, 'logs');
    expect(() => held.folder.open('app.log', { flags: O_WRONLY | O_CREAT })).toThrow('ENOENT');
  });
});

/** How often something is tried while names are exchanged, at least. */
const TRIES = 3_000;

/** A busy machine may not let the other user exchange anything for thousands of tries: then there are more, for this long. */
const LONGEST_MS = 20_000;

/** What the tries came to: done, or refused with words. */
interface RaceResult {
  done: number;
  refused: number;
}

const hasSeenBoth = ({ done, refused }: RaceResult): boolean => done > 0 && refused > 0;

describe.skipIf(users === undefined)('a user who exchanges the folder of a log for a link, thousands of times', () => {
  async function race(
    attempt: (log: string) => unknown,
    {
      tries = TRIES,
      isOver = ({ done }) => done > 0,
    }: { tries?: number; isOver?: (result: RaceResult) => boolean } = {},
  ): Promise<RaceResult> {
    const [user] = users ?? [];
    if (user === undefined) throw new Error('no second user');
    const logs = theirs('logs');
    const trap = theirLink(secret, 'trap');
    const result = { done: 0, refused: 0 };
    await using _ = await exchanger(user, logs, trap);
    const end = Date.now() + LONGEST_MS;
    for (let tried = 0; tried < tries || (!isOver(result) && Date.now() < end); tried += 1) {
      try {
        await attempt(join(logs, 'app.log'));
        result.done += 1;
      } catch (error) {
        if (!/^(?:ELOOP|ENOTDIR|ENOENT|EEXIST|another file)/.test(reasonOf(error))) throw error;
        result.refused += 1;
      }
    }
    return result;
  }

  /** In the folder that only root may enter. */
  function expectUntouched(): void {
    expect(readdirSync(secret)).toEqual(['app.log']);
    expect(readFileSync(join(secret, 'app.log'), 'utf8')).toBe('secret\n');
  }

  test('the attack works on a plain open: this is what the tests below would find', async () => {
    const isHit = (): boolean => readFileSync(join(secret, 'app.log'), 'utf8').startsWith('secret\nx');
    await race(
      (log) => {
        const fd = openSync(log, O_WRONLY | O_APPEND | O_CREAT | constants.O_NOFOLLOW, 0o644);
        writeSync(fd, 'x');
        closeSync(fd);
      },
      { isOver: isHit },
    );
    expect(isHit()).toBe(true);
  });

  test('opening, and opening anew, makes and writes nothing elsewhere', async () => {
    const { done, refused } = await race(
      (log) => {
        const { fd } = openLog(log, 0o644);
        writeSync(fd, 'x');
        closeSync(fd);
      },
      { isOver: hasSeenBoth },
    );
    expectUntouched();
    expect([done > 0, refused > 0]).toEqual([true, true]);
  });

  test('reading shows nothing of another file', async () => {
    let seen = 0;
    await race((log) => {
      identityAt(log);
      const fd = openToRead({ path: log });
      if (fd === undefined) return;
      seen += 1;
      const text = readFileSync(fd, 'utf8');
      closeSync(fd);
      expect(text).not.toContain('secret');
    });
    expectUntouched();
    expect(seen).toBe(0); // their own folder holds no log
  });

  test('rotation, removal and new logs touch nothing elsewhere', async () => {
    const { done } = await race((log) => {
      rotate(log, 3);
      closeSync(createLog(log, 0o644).fd);
      removeAutoLog(`${log}.3`, 1);
      createAutoLog(`${log}.auto`);
      removeAutoLog(`${log}.auto`, 2);
    });
    expectUntouched();
    expect(done).toBeGreaterThan(0);
  });

  test('copying and compressing touch nothing elsewhere, and give nothing away', async () => {
    const { done } = await race(
      async (log) => {
        const { fd, identity } = openLog(log, 0o644);
        try {
          writeSync(fd, 'x');
          const empty = (): void => undefined;
          await copyAndEmpty({ identity, empty, path: log, mode: 0o600, backups: 2 });
          const compressor = new Compressor(() => undefined);
          compressor.add(log, 2);
          await compressor.idle();
        } finally {
          closeSync(fd);
        }
      },
      { tries: 1_000 },
    );
    expectUntouched();
    expect(done).toBeGreaterThan(0);
  });

  test('the descriptor of a folder stays in it', async () => {
    const { done } = await race((log) => {
      using folder = openFolder(join(log, '..'));
      const fd = folder.open('other.log', { flags: O_WRONLY | O_CREAT });
      closeSync(fd);
      expect(folder.names()).not.toContain('secret');
    });
    expectUntouched();
    expect(done).toBeGreaterThan(0);
  });
});
