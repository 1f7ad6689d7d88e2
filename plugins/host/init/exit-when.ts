import { namespec, numberOfSignal, unreachable, type Exit, type FailureKind } from '../../../core/index.ts';
import type { ExitWhen } from './options.ts';

interface Named {
  readonly group: string;
  readonly name: string;
}

/** A program that has ended and is not started again. */
export interface EndedProgram extends Named {
  readonly status: number;
}

/** Whether a list names this process: by `name`, `group:name`, `group:*` or its group. */
export function isNamed(names: readonly string[], process: Named): boolean {
  const { group, name } = process;
  return names.some((given) => [namespec(process), `${group}:${name}`, `${group}:*`, group].includes(given));
}

/**
 * The program whose end is the end of the daemon; `undefined`: it goes on.
 * @param ended all that have ended, the last one at the end.
 */
export function whoEndsIt(
  condition: ExitWhen,
  ended: readonly EndedProgram[],
  isAnyUp: () => boolean,
): EndedProgram | undefined {
  const last = ended.at(-1);
  if (last === undefined || condition.kind === 'never') return undefined;
  if (condition.kind === 'names') return isNamed(condition.names, last) ? last : undefined;
  if (condition.kind === 'any') return last;
  return isAnyUp() ? undefined : (ended.find(({ status }) => status !== 0) ?? last);
}

/**
 * The exit status of a program as a shell reports it: its own; 128 and the number of the signal; 127 or 126 if it could
 * not be executed. A program that was given up has failed, even if each run ended with 0.
 */
export function statusOf(exit: Exit, isFailure: boolean): number {
  const status = bareStatus(exit);
  return status === 0 && isFailure ? 1 : status & 0xff;
}

const NOT_FOUND: ReadonlySet<FailureKind | undefined> = new Set<FailureKind>(['missing', 'interpreter', 'loader']);

function bareStatus(exit: Exit): number {
  switch (exit.kind) {
    case 'code':
      return exit.code;
    case 'signal':
      return 128 + numberOfSignal(exit.signal);
    case 'spawnFailed':
      return notRun(exit);
    case 'unknown':
      return 1; // something of it failed: at least the report
    default:
      return unreachable(exit);
  }
}

function notRun({ failure }: Extract<Exit, { kind: 'spawnFailed' }>): number {
  return NOT_FOUND.has(failure) ? 127 : 126;
}
