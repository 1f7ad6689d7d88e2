/** The states of a process, with the codes that Supervisor's API uses. Supervisor: states.py ProcessStates. */
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

/** The process is up or on its way there, so a start would be refused. */
export function isRunning(state: State): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'BACKOFF';
}

/** Nothing runs and no start or retry is pending. Supervisor: states.py STOPPED_STATES. */
export function isStopped(state: State): boolean {
  return state === 'STOPPED' || state === 'EXITED' || state === 'FATAL' || state === 'UNKNOWN';
}

/** A child may exist that can receive a signal. In BACKOFF there is none. */
export function canSignal(state: State): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'STOPPING';
}
