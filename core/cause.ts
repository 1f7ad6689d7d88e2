/** Who asked for a change, so that "why is it in this state" can always be answered. */
export interface Cause {
  readonly by: 'boot' | 'client' | 'plugin' | 'policy' | 'reload' | 'shutdown' | 'child';
  /** In words: `supervisor.stopProcess over unix socket`, `exit status 7, not expected`. */
  readonly detail?: string;
}

/** `client: supervisor.stopProcess`. */
export function describeCause({ by, detail }: Cause): string {
  return detail === undefined ? by : `${by}: ${detail}`;
}
