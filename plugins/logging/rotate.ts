import { lstatSync, renameSync } from 'node:fs';

/** One rename of a rotation; whatever is at `to` is replaced. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/**
 * The renames that make room for a new log at `path`, in the order in which they have to be done: `.9` to `.10`, …, `.1` to
 * `.2`, the log itself to `.1`. The oldest is replaced. None when no backups are kept: then the log is emptied.
 * Supervisor: loggers.py RotatingFileHandler.doRollover.
 */
export function rotationOf(path: string, backups: number, exists: (path: string) => boolean): Rename[] {
  const renames: Rename[] = [];
  for (let number = backups - 1; number >= 1; number -= 1) {
    const from = `${path}.${number}`;
    if (exists(from)) renames.push({ from, to: `${path}.${number + 1}` });
  }
  if (backups > 0) renames.push({ from: path, to: `${path}.1` });
  return renames;
}

/** Makes room at `path`. A file that disappears meanwhile (a cleanup script) is no fault. Links are renamed, not followed. */
export function rotate(path: string, backups: number): void {
  const exists = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  for (const { from, to } of rotationOf(path, backups, exists)) {
    try {
      renameSync(from, to);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}
