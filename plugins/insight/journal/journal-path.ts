import { tmpdir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';
import type { JournalPlace } from './options.ts';

/** Other paths of the daemon. */
export interface DaemonPaths {
  readonly identifier: string;
  /** The daemon's own log; `undefined` if it is not a file. */
  readonly logfile: string | undefined;
  readonly childlogdir: unknown;
}

/**
 * The path of the journal; `undefined` for none. AUTO means next to the daemon's own log and named after it
 * (`supervisord.log` → `supervisord.journal`), because that folder is known to be writable. If the log is not a file,
 * as in most containers, the journal is in `childlogdir`, named after the identifier.
 */
export function pathOfJournal(
  place: JournalPlace,
  { identifier, logfile, childlogdir }: DaemonPaths,
): string | undefined {
  if (place.kind === 'none') return undefined;
  if (place.kind === 'file') return resolve(place.path);
  if (logfile !== undefined && !/^\/(dev|proc)\//.test(logfile)) {
    return join(dirname(logfile), `${parse(logfile).name}.journal`);
  }
  const folder = typeof childlogdir === 'string' ? childlogdir : tmpdir();
  return resolve(folder, `${identifier.replaceAll(/[^\w.-]/g, '_')}.journal`);
}
