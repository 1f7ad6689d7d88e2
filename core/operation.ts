/** An operation: when it was carried out, and how it ended. Neither promise rejects. */
export interface Operation<Result> {
  /** The child was spawned or the signal sent, or nothing had to be done. */
  readonly issued: Promise<void>;
  readonly done: Promise<Result>;
}

export type StartResult =
  | { readonly kind: 'running' }
  | { readonly kind: 'alreadyRunning' }
  /** The start failed; the policy may try again. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** It was stopped in the meantime, or the supervisor shuts down. */
  | { readonly kind: 'interrupted' }
  /** It was removed before it could be started; it never runs again. */
  | { readonly kind: 'removed' };

export type StopResult =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'notRunning' }
  /** It could not be signalled, or did not exit in time after SIGKILL. */
  | { readonly kind: 'failed'; readonly reason: string };

/** How a restart went. For a process that does not run, a restart is a start. */
export type RestartResult =
  | StartResult
  /** It could not be stopped, and was not started. */
  | { readonly kind: 'notStopped'; readonly reason: string };

/** `issued`: the stop signal was sent, or the child was spawned if nothing ran. */
export interface RestartOperation extends Operation<RestartResult> {
  /** The result of its stop. */
  readonly stopped: Promise<StopResult>;
}

export interface RestartOptions {
  /**
   * Called once the process is down. The start waits for the result, so the promise must settle. `false`, or a
   * rejection, leaves the process stopped.
   */
  readonly confirm?: () => Promise<boolean>;
}

/** How a restart with another configuration went. */
export type ReplaceResult =
  | { readonly kind: 'started' }
  /** It has the new configuration and stays down: it is not wanted up, or was stopped in the meantime. */
  | { readonly kind: 'stopped' }
  /** It could not be stopped, and keeps its old configuration. */
  | { readonly kind: 'failed'; readonly reason: string };

export type SignalResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'notRunning' }
  | { readonly kind: 'failed'; readonly reason: string };
