import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { briefly } from './errno.ts';
import { BACKUP_FORMS, UNFINISHED } from './rotate.ts';
import { AUTO_LOG_MODE } from './targets.ts';

/** Where logs with `AUTO` live, and whose they are. */
export interface AutoLogs {
  readonly childlogdir: string | undefined;
  readonly identifier: string;
}

/** A new name for an AUTO log: `childlogdir/NAME-stdout---IDENTIFIER-RANDOM.log`. Supervisor: get_autochildlog_name. */
export function autoLogPath({ childlogdir, identifier }: AutoLogs, name: string, channel: string): string {
  const random = randomBytes(4).toString('hex');
  const file = `${name}-${channel}---${identifier}-${random}.log`;
  return join(childlogdir ?? tmpdir(), file.replaceAll('/', '_'));
}

/** Makes an AUTO log. It must not be there yet: nobody may plant one in a folder that all may write to. */
export function createAutoLog(path: string): void {
  closeSync(openSync(path, 'wx', AUTO_LOG_MODE));
}

/** Removes the AUTO logs of earlier runs. Returns what could not be done, in words. Supervisor: clear_autochildlogdir. */
export function removeAutoLogs(autoLogs: AutoLogs): string[] {
  const folder = autoLogs.childlogdir ?? tmpdir();
  const pattern = autoLogPattern(autoLogs.identifier);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    return [`cannot look for old AUTO logs in ${folder}: ${briefly(error)}`];
  }
  return names.filter((name) => pattern.test(name)).flatMap((name) => removeFile(join(folder, name)));
}

/** Removes the AUTO log of a process, and what was rotated out of it. */
export function removeAutoLog(path: string, backups: number): void {
  removeFile(path);
  for (const unfinished of Object.values(UNFINISHED)) removeFile(path + unfinished);
  for (let number = 1; number <= backups; number += 1) {
    for (const form of BACKUP_FORMS) removeFile(`${path}.${number}${form}`);
  }
}

/** Names of AUTO logs and of their backups. */
export function autoLogPattern(identifier: string): RegExp {
  const literal = identifier.replaceAll('/', '_').replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(String.raw`^.+?---${literal}-\S+\.log(\.\d{1,4}(\.gz)?|\.gz\.part|\.copy\.part)?$`);
}

function removeFile(path: string): string[] {
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) unlinkSync(path);
    return [];
  } catch (error) {
    return [`cannot remove the old AUTO log ${path}: ${briefly(error)}`];
  }
}
