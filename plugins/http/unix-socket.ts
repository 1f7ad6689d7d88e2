import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { connect, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../../core/index.ts';
import { httpError } from './errors.ts';
import type { UnixServerSettings } from './options.ts';

/** Room for a path in the kernel's sockaddr_un, without the final zero. */
const LONGEST_PATH = 107;

/**
 * Listens on a unix socket that is never open to anybody it is not meant for, and returns what takes its name away again.
 *
 * The socket is made in a directory that only we can enter. There it gets its owner and mode, and only then its name:
 * by a link, which fails when somebody else was quicker. A socket that nobody listens on any more is replaced; anything
 * else at that path is left alone.
 *
 * @throws TSV_HTTP_IN_USE, TSV_HTTP_IN_THE_WAY, TSV_HTTP_SOCKET, TSV_HTTP_CHOWN, TSV_HTTP_PATH_TOO_LONG
 */
export async function listenUnix(server: Server, settings: UnixServerSettings): Promise<() => void> {
  const { file } = settings;
  if (Buffer.byteLength(file) > LONGEST_PATH) {
    throw httpError('TSV_HTTP_PATH_TOO_LONG', [file, Buffer.byteLength(file)]);
  }
  await checkFree(file);
  const directory = attempt(file, () => mkdtempSync(join(dirname(file), '.tsvd-')));
  try {
    const hidden = join(directory, 'socket');
    await bind(server, directory, file);
    giveAway(hidden, settings);
    attempt(file, () => chmodSync(hidden, settings.chmod));
    await publish(hidden, file, directory);
    const ours = lstatSync(file);
    return () => {
      if (isSame(look(file), ours)) unlinkSync(file);
    };
  } catch (error) {
    server.close();
    throw error;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Where the directory makes the path too long for the kernel, the way leads through /proc, which is short. */
async function bind(server: Server, directory: string, file: string): Promise<void> {
  const path = join(directory, 'socket');
  const fits = Buffer.byteLength(path) <= LONGEST_PATH;
  const fd = fits ? undefined : attempt(file, () => openSync(directory, 'r'));
  try {
    await listening(server, fd === undefined ? path : `/proc/self/fd/${fd}/socket`);
  } catch (error) {
    throw httpError('TSV_HTTP_SOCKET', [file, reasonOf(error)], error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function giveAway(path: string, { file, chown }: UnixServerSettings): void {
  if (chown === undefined) return;
  try {
    chownSync(path, chown.uid, chown.gid);
  } catch (error) {
    const owner = chown.group === undefined ? chown.user : `${chown.user}:${chown.group}`;
    throw httpError('TSV_HTTP_CHOWN', [file, owner, reasonOf(error)], error);
  }
}

/** Gives the finished socket its name. A name in the way is a socket that has no listener: that was checked. */
async function publish(hidden: string, file: string, directory: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      linkSync(hidden, file);
      return;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP') {
        return attempt(file, () => renameSync(hidden, file)); // a file system without links
      }
      if (code !== 'EEXIST' || tries > 2) throw httpError('TSV_HTTP_SOCKET', [file, reasonOf(error)], error);
    }
    await takeAway(file, join(directory, 'stale'));
  }
}

/**
 * Removes a dead socket. Between the look at it and the removal another daemon may have put its own there; so it is
 * moved aside first, and put back if it is not the one that was found dead.
 */
async function takeAway(file: string, aside: string): Promise<void> {
  const dead = await checkFree(file);
  if (dead === undefined) return;
  attempt(file, () => renameSync(file, aside));
  if (isSame(look(aside), dead)) return unlinkSync(aside);
  renameSync(aside, file);
  throw httpError('TSV_HTTP_IN_USE', [file]);
}

/** Throws unless the path is free, or a socket without a listener, which is then returned. */
async function checkFree(file: string): Promise<Stats | undefined> {
  const found = look(file);
  if (found === undefined) return undefined;
  if (!found.isSocket()) throw httpError('TSV_HTTP_IN_THE_WAY', [file]);
  const refusal = await tryToConnect(file);
  if (refusal === undefined || !['ECONNREFUSED', 'ENOENT'].includes(refusal)) {
    throw httpError('TSV_HTTP_IN_USE', [refusal === undefined ? file : `${basename(file)}: ${refusal}`]);
  }
  return found;
}

/** The code of the error, or `undefined` when somebody listens. */
function tryToConnect(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', (error) => resolve(codeOf(error) ?? 'unknown error'));
  });
}

function look(file: string): Stats | undefined {
  return existsSync(dirname(file)) ? lstatSync(file, { throwIfNoEntry: false }) : undefined;
}

function isSame(a: Stats | undefined, b: Stats): boolean {
  return a !== undefined && a.ino === b.ino && a.dev === b.dev;
}

function attempt<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw httpError('TSV_HTTP_SOCKET', [file, reasonOf(error)], error);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
