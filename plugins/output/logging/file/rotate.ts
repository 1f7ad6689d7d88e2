import { codeOf, locate, type Folder } from '../../../../core/index.ts';

/** One step of a rotation. Whatever is at `to` is replaced. */
export type RotationStep =
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string };

/** The endings of a backup after its number: compressed or not. For a moment both exist (see compressor.ts). */
export const BACKUP_FORMS = ['', '.gz'] as const;

/** The endings of unfinished files. They are removed when they are found. */
export const UNFINISHED = { compressed: '.gz.part', copy: '.copy.part' } as const;

/**
 * The steps that make room for a new log at `path`, in order: `.9` to `.10`, …, `.1` to `.2`, the log itself to `.1`.
 * The oldest backup is replaced; it is removed if only one of it and its successor is compressed. Without backups there
 * are no steps: the log is emptied. Supervisor: loggers.py RotatingFileHandler.doRollover.
 */
export function rotationOf(path: string, backups: number, exists: (path: string) => boolean): RotationStep[] {
  if (backups <= 0) return [];
  return [...roomAfter(path, backups, exists), { kind: 'rename', from: path, to: `${path}.1` }];
}

/** The steps that free the number 1. */
function roomAfter(path: string, backups: number, exists: (path: string) => boolean): RotationStep[] {
  const steps: RotationStep[] = [];
  const arrives = (form: string): boolean => (backups === 1 ? form === '' : exists(`${path}.${backups - 1}${form}`));
  const isOldestReplaced = BACKUP_FORMS.some(arrives);
  for (const form of BACKUP_FORMS) {
    const oldest = `${path}.${backups}${form}`;
    if (isOldestReplaced && !arrives(form) && exists(oldest)) steps.push({ kind: 'remove', path: oldest });
  }
  for (let number = backups - 1; number >= 1; number -= 1) {
    for (const form of BACKUP_FORMS) {
      const from = `${path}.${number}${form}`;
      if (exists(from)) steps.push({ kind: 'rename', from, to: `${path}.${number + 1}${form}` });
    }
  }
  return steps;
}

/**
 * Makes room at `path`. A file that disappears meanwhile (a cleanup script) is no error. Links are renamed, not
 * followed.
 */
export function rotate(path: string, backups: number): void {
  using place = locate(path, { last: 'keep' });
  const { folder, name } = place;
  perform(folder, rotationOf(name, backups, isIn(folder)));
}

/** Makes a copy of the log, in the same folder, the newest backup. The log itself stays. */
export function rotateCopy(folder: Folder, name: string, copy: string, backups: number): void {
  perform(folder, [...roomAfter(name, backups, isIn(folder)), { kind: 'rename', from: copy, to: `${name}.1` }]);
}

function isIn(folder: Folder): (name: string) => boolean {
  return (name) => folder.look(name) !== undefined;
}

function perform(folder: Folder, steps: readonly RotationStep[]): void {
  for (const step of steps) {
    try {
      if (step.kind === 'rename') folder.rename(step.from, step.to);
      else folder.remove(step.path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}
