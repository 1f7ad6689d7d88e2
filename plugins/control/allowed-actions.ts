/** What clients offer, in the browser, too: so this file imports nothing. */

interface HasState {
  readonly state: string;
}

/** Whether there is something to stop. */
export function canStop({ state }: HasState): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'BACKOFF';
}

export function canStart({ state }: HasState): boolean {
  return state === 'STOPPED' || state === 'EXITED' || state === 'FATAL';
}
