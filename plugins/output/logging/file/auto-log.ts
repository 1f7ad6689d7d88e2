import { randomBytes } from 'node:crypto';
import { closeSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, locate, openFile, openFolder, type Folder } from '../../../../core/index.ts';
import { briefly } from '../errno.ts';
import { BACKUP_FORMS, UNFINISHED } from './rotate.ts';
import { AUTO_LOG_MODE } from './targets.ts';

/** The folder of AUTO logs, and the daemon they belong to. */
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

/** Creates an AUTO log. It must not exist: in a folder that all may write to, another user could have planted it. */
export function createAutoLog(path: string): void {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  closeSync(openFile(path, { flags: O_WRONLY | O_CREAT | O_EXCL, mode: AUTO_LOG_MODE, last: 'keep' }));
}

/** Removes the AUTO logs of earlier runs, except those paths. Returns a message for each failure. Supervisor: clear_autochildlogdir. */
export function removeAutoLogs(autoLogs: AutoLogs, kept: ReadonlySet<string> = new Set()): string[] {
  const path = autoLogs.childlogdir ?? tmpdir();
  const pattern = autoLogPattern(autoLogs.identifier);
  try {
    using folder = openFolder(path);
    return folder
      .names()
      .filter((name) => {
        const [whole, ending = ''] = pattern.exec(name) ?? [];
        // A backup goes with its log.
        return whole !== undefined && !kept.has(join(path, name.slice(0, name.length - ending.length)));
      })
      .flatMap((name) => removeFile(folder, name));
  } catch (error) {
    return [`Could not clear childlog dir ${path}: ${briefly(error)}`];
  }
}

/** Removes the AUTO log of a process and its backups. Returns a message for each failure. */
export function removeAutoLog(path: string, backups: number): string[] {
  try {
    using place = locate(path, { last: 'keep' });
    const { folder, name } = place;
    const numbers = Array.from({ length: Math.max(0, backups) }, (_, index) => index + 1);
    const endings = [
      '',
      ...Object.values(UNFINISHED),
      ...numbers.flatMap((number) => BACKUP_FORMS.map((form) => `.${number}${form}`)),
    ];
    return endings.flatMap((ending) => removeFile(folder, name + ending));
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? [] : [failed(path, error)];
  }
}

/** Names of AUTO logs and of their backups. */
export function autoLogPattern(identifier: string): RegExp {
  const literal = identifier.replaceAll('/', '_').replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(String.raw`^.+?---${literal}-\S+\.log(\.\d{1,4}(\.gz)?|\.gz\.part|\.copy\.part)?$`);
}

function removeFile(folder: Folder, name: string): string[] {
  try {
    if (folder.look(name)?.isFile() === true) folder.remove(name);
    return [];
  } catch (error) {
    return [failed(join(folder.path, name), error)];
  }
}

/** Supervisor's message, and the reason. */
function failed(path: string, error: unknown): string {
  return `Failed to clean up '${path}': ${briefly(error)}`;
}
