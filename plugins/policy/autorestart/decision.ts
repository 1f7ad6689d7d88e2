import { describeExit, type Exit, type Verdict } from '../../../core/index.ts';
import type { AutorestartValues } from './options.ts';

/** An unrequested exit, and what is known about the start or run that it ends. */
export interface End {
  readonly exit: Exit;
  /** `start`: before the process was up. */
  readonly of: 'start' | 'run';
  /** Failed starts in a row before this one. */
  readonly tries: number;
  /** Milliseconds since the process was started. */
  readonly livedMs: number;
}

/**
 * The minimal time between two starts of a program that keeps exiting. Supervisor needs no such rule: it notices an
 * exit only at its next poll, up to a second later. Here a restart follows within milliseconds, so a program that exits
 * at once (`startsecs=0`, `autorestart=true`) would take a whole core.
 */
export const SHORTEST_CYCLE_MS = 1_000;

/** What happens to a process after an exit. Supervisor: process.py transition(), finish(). */
export function decide(end: End, policy: AutorestartValues): Verdict {
  return end.of === 'start' ? retry(end, policy) : rerun(end, policy);
}

/** A signal is never expected, whatever `exitcodes` says: exit codes are the program's own statement. */
export function isExpected(exit: Exit, exitcodes: readonly number[]): boolean {
  return exit.kind === 'code' && exitcodes.includes(exit.code);
}

/**
 * The nth failure in a row is retried after n seconds. An exit with an expected code before `startsecs` is a failed
 * start, too.
 */
function retry({ tries }: End, { startretries }: AutorestartValues): Verdict {
  const failures = tries + 1;
  if (tries >= startretries) return { kind: 'leave', reason: gaveUp(failures) };
  return {
    kind: 'restart',
    delayMs: failures * 1_000,
    reason: `try ${failures} of ${startretries} in ${count(failures, 'second')}`,
  };
}

/** Why a process is FATAL, in words. */
export function gaveUp(failures: number): string {
  return `gave up after ${count(failures, 'failed start')}`;
}

function rerun({ exit, livedMs }: End, { autorestart, exitcodes }: AutorestartValues): Verdict {
  if (autorestart === false) return { kind: 'leave', reason: 'autorestart=false' };
  if (autorestart === 'unexpected' && isExpected(exit, exitcodes)) {
    return { kind: 'leave', reason: `${describeExit(exit)} is expected` };
  }
  return {
    kind: 'restart',
    delayMs: Math.max(0, SHORTEST_CYCLE_MS - livedMs),
    reason: `autorestart=${String(autorestart)}`,
  };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
