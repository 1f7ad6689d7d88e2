import { tmpdir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';
import type { JournalPlace } from './options.ts';

/** Where the daemon keeps other things. */
export interface DaemonPaths {
  readonly identifier: string;
  /** Of the daemon's own log; `undefined` where it is no file. */
  readonly logfile: string | undefined;
  readonly childlogdir: unknown;
}

/**
 * The path of the journal; `undefined` for none. AUTO is beside the daemon's own log and named after it
 * (`supervisord.log` → `supervisord.journal`), because whoever runs the daemon has made that folder one to write to. Where the
 * log is no file, as in most containers, it is in `childlogdir`, named after the identifier.
 */
export function pathOfJournal(
  wish: JournalPlace,
  { identifier, logfile, childlogdir }: DaemonPaths,
): string | undefined {
  if (wish.kind === 'none') return undefined;
  if (wish.kind === 'file') return resolve(wish.path);
  if (logfile !== undefined && !/^\/(dev|proc)\//.test(logfile)) {
    return join(dirname(logfile), `${parse(logfile).name}.journal`);
  }
  const folder = typeof childlogdir === 'string' ? childlogdir : tmpdir();
  return resolve(folder, `${identifier.replaceAll(/[^\w.-]/g, '_')}.journal`);
}
