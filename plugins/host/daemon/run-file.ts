import { closeSync, constants, readSync, writeSync } from 'node:fs';
import * as v from 'valibot';
import { openFolder } from '../../../core/index.ts';
import { isAlive, startOf } from '../persist/index.ts';
import { stateFoldersOf, type StateHost } from './state-folder.ts';

const NAME = 'run.json';
const NEW_NAME = 'run.json.new';
const LONGEST = 64 * 1024;

/** What a daemon publishes in its state folder, so that clients find it when they cannot read its configuration. */
const RunFile = v.object({
  pid: v.number(),
  start: v.string(),
  version: v.string(),
  /** The address, as in `[supervisorctl] serverurl`. Without a password: clients must bring their own. */
  serverurl: v.string(),
});
export type RunFile = v.InferOutput<typeof RunFile>;

/** Writes the file of this process atomically, replacing an older one. @throws the error of the system call. */
export function writeRunFile(path: string, { version, serverurl }: Pick<RunFile, 'version' | 'serverurl'>): void {
  const said: RunFile = { pid: process.pid, start: startOf(process.pid) ?? '?', version, serverurl };
  using folder = openFolder(path);
  folder.removeIfThere(NEW_NAME);
  const fd = folder.open(NEW_NAME, { flags: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL });
  try {
    writeSync(fd, `${JSON.stringify(said)}\n`);
  } finally {
    closeSync(fd);
  }
  folder.rename(NEW_NAME, NAME);
}

/** Removes the file, where there is one. */
export function removeRunFile(path: string): void {
  try {
    using folder = openFolder(path);
    folder.removeIfThere(NAME);
  } catch {
    // A leftover file names a process that has exited, and is ignored.
  }
}

/** The run files of the running daemons of a configuration file, as far as this user may read them. */
export function runningDaemonsOf(file: string, host?: StateHost): RunFile[] {
  return stateFoldersOf(file, host)
    .flatMap((path) => readRunFile(path) ?? [])
    .filter(isAlive);
}

function readRunFile(path: string): RunFile | undefined {
  try {
    using folder = openFolder(path);
    const fd = folder.open(NAME, { flags: constants.O_RDONLY });
    try {
      const bytes = Buffer.alloc(LONGEST);
      return v.parse(RunFile, JSON.parse(bytes.toString('utf8', 0, readSync(fd, bytes))));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined; // it has none, or may not be read
  }
}
