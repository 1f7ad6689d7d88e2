/** The states of a process and their codes on the wire. Supervisor: states.py ProcessStates. */
export const STATE_CODES = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const;

export type State = keyof typeof STATE_CODES;

/** A start would be refused: the process is up, or on its way there. */
export function isRunning(state: State): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'BACKOFF';
}

/** Nothing runs and nothing is under way. Supervisor: states.py STOPPED_STATES. */
export function isStopped(state: State): boolean {
  return state === 'STOPPED' || state === 'EXITED' || state === 'FATAL' || state === 'UNKNOWN';
}

/** A child may exist that a signal can reach. BACKOFF has none. */
export function canSignal(state: State): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'STOPPING';
}
