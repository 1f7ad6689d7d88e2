import { readdirSync, readFileSync, statSync } from 'node:fs';
import { statIfReadable, type StartedProcess } from './process-start.ts';

/** The variable by which a process is known whose pid was never written down, or that the state does not contain. */
export const MARK = 'TSV_CHILD';

/** What the variable says: `FOLDER/TOKEN/NAME/RUN`. */
export interface Mark {
  /** The name of the state folder: that of the daemon. */
  readonly folder: string;
  /** Known to this daemon and its children: another user cannot make up a mark. */
  readonly token: string;
  /** Of the process, as `namespec` has it, or {@link KEEPER}. */
  readonly name: string;
  readonly run: number;
}

export const KEEPER = '-keeper';

export interface MarkedProcess extends StartedProcess, Mark {
  /** Whom it runs as. */
  readonly uid: number;
}

export function markText({ folder, token, name, run }: Mark): string {
  return [folder, token, name, run].join('/');
}

/**
 * The processes with marks of this daemon that lead a session, oldest first: children of a program inherit its mark, and some of them
 * lead sessions as well, but not before the program itself.
 */
export function findMarked(folder: string): MarkedProcess[] {
  const found = readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .flatMap((pid): MarkedProcess[] => {
      const mark = markOf(pid);
      if (mark?.folder !== folder) return [];
      const stat = statIfReadable(pid);
      const uid = statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
      if (stat?.session !== pid || uid === undefined) return [];
      return [{ ...mark, pid, start: stat.start, uid }];
    });
  return found.toSorted((one, other) => Number(one.start) - Number(other.start));
}

/** `undefined`, too, where this user may not look. */
function markOf(pid: number): Mark | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    const text = variables.find((variable) => variable.startsWith(`${MARK}=`))?.slice(MARK.length + 1);
    const [folder = '', token = '', name, run] = text?.split('/') ?? [];
    return name === undefined || run === undefined ? undefined : { folder, token, name, run: Number(run) };
  } catch {
    return undefined;
  }
}
