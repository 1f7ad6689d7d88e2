import { namespec } from '../../core/index.ts';
import { type DaemonClient, FAULTS, type Result, faultCode, faultOf } from '../../plugins/control/client/index.ts';
import { EXIT } from './exit-status.ts';
import { adviseOnName, adviseWhy, splitName } from './process-names.ts';
import { withProgress, type Goal } from './progress.ts';
import type { Session } from './session.ts';

/** An action on processes, by name, by group, or on all of them, reported line by line. */
export interface Action {
  /** Printed for a process on success: `NAME: started`. */
  readonly done: string;
  /** Printed for each fault: `NAME: ERROR (already started)`. */
  readonly problems: ReadonlyMap<number, string>;
  /** A fault that does not change the exit status: the requested state already exists. */
  readonly harmless?: number;
  /** The daemon's own text is printed for FAILED. */
  readonly explainsFailure?: true;
  /** The progress text, for actions that can take long. */
  readonly progress?: Goal['kind'];
  /** Exit status for an unknown group. */
  readonly unknownGroup?: number;
  one(daemon: DaemonClient, name: string): Promise<unknown>;
  /** Absent if the action does not apply to groups. */
  readonly group?: (daemon: DaemonClient, group: string) => Promise<readonly Result[]>;
  all(daemon: DaemonClient): Promise<readonly Result[]>;
}

/** Faults of a start that the journal explains. */
const HAS_REASON: ReadonlySet<number> = new Set([FAULTS.SPAWN_ERROR, FAULTS.ABNORMAL_TERMINATION]);

/** Runs the action, in the order of the names, and prints the result of each process. */
export async function perform(session: Session, names: readonly string[], action: Action): Promise<void> {
  if (names.includes('all')) {
    const results = await patiently(session, action, undefined, () => action.all(session.daemon));
    for (const result of results) report(session, action, result);
    return;
  }
  for (const name of names) {
    const { group, process } = splitName(name);
    if (process === undefined && action.group) await performOnGroup(session, group, action, action.group);
    else {
      await reportNamed(session, action, await performOnOne(session, name, action));
    }
  }
}

/**
 * Stops all named processes, then starts them: one call to a daemon that can restart, two actions with a real
 * supervisord. Prints the result of each process twice, for the stop and for the start.
 */
export async function performRestart(
  session: Session,
  names: readonly string[],
  [stopping, starting]: readonly [Action, Action],
): Promise<void> {
  const isAll = names.includes('all');
  const goal = { kind: 'restarting', target: isAll ? undefined : names.map(splitName) } as const;
  try {
    const { stopped, started } = await withProgress(session, goal, () =>
      session.daemon.restartProcesses(isAll ? ['*'] : names),
    );
    for (const result of stopped) await reportNamed(session, stopping, result);
    for (const result of started) await reportNamed(session, starting, result);
  } catch (error) {
    if (faultCode(error) !== FAULTS.UNKNOWN_METHOD) throw error;
    await perform(session, names, stopping);
    await perform(session, names, starting);
  }
}

async function performOnGroup(
  session: Session,
  group: string,
  action: Action,
  perform: NonNullable<Action['group']>,
): Promise<void> {
  try {
    const target = { group, process: undefined };
    const results = await patiently(session, action, target, () => perform(session.daemon, group));
    for (const result of results) report(session, action, result);
  } catch (error) {
    if (faultOf(error).code !== FAULTS.BAD_NAME) throw error;
    await reportUnknownGroup(session, group, action);
  }
}

async function reportUnknownGroup(session: Session, group: string, action: Action): Promise<void> {
  session.fail(`${group}: ERROR (no such group)`, action.unknownGroup ?? EXIT.failure);
  await adviseOnName(session, `${group}:*`);
}

async function performOnOne(session: Session, name: string, action: Action): Promise<Result> {
  const { group, process } = splitName(name);
  const result = { group, name: process ?? '*' };
  try {
    await patiently(session, action, { group, process }, () => action.one(session.daemon, name));
    return { ...result, status: FAULTS.SUCCESS, description: 'OK' };
  } catch (error) {
    const { code, text } = faultOf(error);
    return { ...result, status: code, description: text };
  }
}

function patiently<T>(
  session: Session,
  { progress }: Action,
  target: Goal['target'],
  work: () => Promise<T>,
): Promise<T> {
  return progress === undefined ? work() : withProgress(session, { kind: progress, target }, work);
}

/** Adds advice for an unknown name. */
async function reportNamed(session: Session, action: Action, result: Result): Promise<void> {
  const isUnknown = result.status === FAULTS.BAD_NAME;
  const isGroup = action.group !== undefined && (result.name === '*' || result.name === '');
  if (isUnknown && isGroup) return await reportUnknownGroup(session, result.group, action);
  report(session, action, result);
  if (isUnknown) await adviseOnName(session, namespec(result));
  if (HAS_REASON.has(result.status)) await adviseWhy(session, namespec(result));
}

function report(session: Session, action: Action, result: Result): void {
  session.line(describe(action, result));
  session.noteFault(result.status, action.harmless);
}

function describe(action: Action, result: Result): string {
  const name = namespec(result);
  if (result.status === FAULTS.SUCCESS) return `${name}: ${action.done}`;
  const problem = action.problems.get(result.status);
  if (problem !== undefined) return `${name}: ERROR (${problem})`;
  if (result.status === FAULTS.FAILED && action.explainsFailure) return result.description;
  throw new Error(`Unknown result code ${result.status} for ${name}`);
}
