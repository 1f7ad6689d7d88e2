/** An operation in two moments: when it was carried out, and how it ended. Neither promise rejects. */
export interface Operation<Result> {
  /** The child was spawned or the signal sent, or it turned out that there is nothing to do. */
  readonly issued: Promise<void>;
  readonly done: Promise<Result>;
}

export type StartResult =
  | { readonly kind: 'running' }
  | { readonly kind: 'alreadyRunning' }
  /** The start failed; the policy may try again. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Somebody stopped it meanwhile, or the supervisor shuts down. */
  | { readonly kind: 'interrupted' }
  /** It was taken out of use before it could be started; it never runs again. */
  | { readonly kind: 'removed' };

export type StopResult =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'notRunning' }
  /** It could not be signalled, or did not even die of SIGKILL in time. */
  | { readonly kind: 'failed'; readonly reason: string };

/** How a restart went. Of a process that does not run it is a start. */
export type RestartResult =
  | StartResult
  /** It could not be stopped, and was not started. */
  | { readonly kind: 'notStopped'; readonly reason: string };

/** `issued`: the stop was carried out, or the child spawned where nothing ran. */
export interface RestartOperation extends Operation<RestartResult> {
  /** How its stop went. */
  readonly stopped: Promise<StopResult>;
}

export interface RestartOptions {
  /** Called once the process is down. The start waits for the answer, which must come; `false`, or a rejection, leaves it stopped. */
  readonly confirm?: () => Promise<boolean>;
}

/** How a restart with another configuration went. */
export type ReplaceResult =
  | { readonly kind: 'started' }
  /** It has the new configuration and is down: nobody wants it up, or somebody stopped it meanwhile. */
  | { readonly kind: 'stopped' }
  /** It could not be stopped, and has its old configuration. */
  | { readonly kind: 'failed'; readonly reason: string };

export type SignalResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'notRunning' }
  | { readonly kind: 'failed'; readonly reason: string };
