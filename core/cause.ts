/**
 * Who requested a change. Every change of state carries its cause, so "why is it in this state" always has an answer.
 */
export interface Cause {
  readonly by: 'boot' | 'client' | 'plugin' | 'policy' | 'reload' | 'shutdown' | 'child';
  /** For people: `supervisor.stopProcess over unix socket`, `exit status 7, not expected`. */
  readonly detail?: string;
}

/** `client: supervisor.stopProcess`. */
export function describeCause({ by, detail }: Cause): string {
  return detail === undefined ? by : `${by}: ${detail}`;
}
