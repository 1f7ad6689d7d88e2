import { closeSync, type Stats } from 'node:fs';
import { connect, type Server } from 'node:net';
import { basename } from 'node:path';
import {
  codeOf,
  isSameFile,
  locate,
  LONGEST_SOCKET_PATH,
  NewSocket,
  reasonOf,
  socketPath,
  type Located,
} from '../../../core/index.ts';
import { httpError } from './errors.ts';
import type { UnixServerSettings } from './server-settings.ts';

/** The name under which a socket is found. */
export interface SocketName {
  /** Whether it still leads to the socket. */
  isOurs(): boolean;
  /** Removes it, if it is still ours. */
  remove(): void;
}

/**
 * Listens on a unix socket without ever exposing it to other users.
 *
 * The socket gets its owner and mode before it gets its name: see NewSocket in core/files. A socket without a listener
 * is replaced, and `report` gets a line for the log. Anything else at that path is left alone.
 *
 * @throws TSV_HTTP_IN_USE, TSV_HTTP_IN_THE_WAY, TSV_HTTP_SOCKET, TSV_HTTP_CHOWN, TSV_HTTP_PATH_TOO_LONG
 */
export async function listenUnix(
  server: Server,
  settings: UnixServerSettings,
  report: (text: string) => void,
): Promise<SocketName> {
  const { file } = settings;
  if (Buffer.byteLength(file) > LONGEST_SOCKET_PATH) {
    throw httpError('TSV_HTTP_PATH_TOO_LONG', [file, Buffer.byteLength(file)]);
  }
  using place = attempt(file, () => locate(file, { last: 'keep' }));
  await checkFree(file, place);
  using made = attempt(file, () => new NewSocket(place.folder));
  await listening(server, made.path).catch((error: unknown) => {
    throw httpError('TSV_HTTP_SOCKET', [file, reasonOf(error)], error);
  });
  try {
    giveAway(made, settings);
    attempt(file, () => made.setMode(settings.chmod));
    await publish(made, place, { file, report });
    return nameOf(file, made.stats());
  } catch (error) {
    server.close();
    throw error;
  }
}

/** Goes on with a socket that listens already; `undefined`: its name is gone, and it is closed. */
export async function goOnListening(
  server: Server,
  { file }: UnixServerSettings,
  fd: number,
): Promise<SocketName | undefined> {
  using place = attempt(file, () => locate(file, { last: 'keep' }));
  const ours = place.folder.look(place.name);
  if (ours?.isSocket() !== true) {
    closeSync(fd);
    return undefined;
  }
  await listening(server, { fd });
  return nameOf(file, ours);
}

function nameOf(file: string, ours: Stats): SocketName {
  /** Of the current folder: it may have been removed or recreated. */
  const isOurs = ({ folder, name }: Located): boolean => isSameFile(folder.look(name), ours);
  const ask = <Answer>(question: (place: Located) => Answer): Answer | undefined => {
    try {
      using place = locate(file, { last: 'keep' });
      return question(place);
    } catch {
      return undefined;
    }
  };
  return {
    isOurs: () => ask(isOurs) === true,
    remove: () => ask((place) => isOurs(place) && place.folder.remove(place.name)),
  };
}

function listening(server: Server, where: string | { readonly fd: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function giveAway(made: NewSocket, { file, chown }: UnixServerSettings): void {
  if (chown === undefined) return;
  try {
    made.setOwner(chown.uid, chown.gid);
  } catch (error) {
    const owner = chown.group === undefined ? chown.user : `${chown.user}:${chown.group}`;
    throw httpError('TSV_HTTP_CHOWN', [file, owner, reasonOf(error)], error);
  }
}

/** Gives the finished socket its name. An existing name is a socket without a listener: that was checked. */
async function publish(made: NewSocket, place: Located, { file, report }: Naming): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return made.publish(place.name);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || tries > 2) throw httpError('TSV_HTTP_SOCKET', [file, reasonOf(error)], error);
    }
    await takeAway(place, { file, report });
  }
}

interface Naming {
  readonly file: string;
  readonly report: (text: string) => void;
}

/**
 * Removes a socket without a listener. Between the check and the removal another daemon may have put its own socket
 * there. So it is moved aside first, and put back if it is not the one that was checked.
 */
async function takeAway(place: Located, { file, report }: Naming): Promise<void> {
  const { folder, name } = place;
  const dead = await checkFree(file, place);
  if (dead === undefined) return;
  report(`Unlinking stale socket ${file}`); // Supervisor writes this to stderr
  const aside = `.${name}.${process.pid}.stale`;
  attempt(file, () => folder.rename(name, aside));
  if (isSameFile(folder.look(aside), dead)) return folder.remove(aside);
  folder.rename(aside, name);
  throw httpError('TSV_HTTP_IN_USE', [file]);
}

/** Throws unless the name is free, or a socket without a listener, which is then returned. */
async function checkFree(file: string, { folder, name }: Located): Promise<Stats | undefined> {
  const found = attempt(file, () => folder.look(name));
  if (found === undefined) return undefined;
  if (!found.isSocket()) throw httpError('TSV_HTTP_IN_THE_WAY', [file]);
  const refused = await tryToConnect(socketPath(folder, name, file));
  if (refused === undefined || !['ECONNREFUSED', 'ENOENT'].includes(refused)) {
    throw httpError('TSV_HTTP_IN_USE', [refused === undefined ? file : `${basename(file)}: ${refused}`]);
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

function attempt<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw httpError('TSV_HTTP_SOCKET', [file, reasonOf(error)], error);
  }
}
