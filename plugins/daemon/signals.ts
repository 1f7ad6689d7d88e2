import type { Cause } from '../../core/index.ts';
import type { Ending } from './hooks.ts';

export interface SignalReactions {
  readonly log: (level: 'WARN' | 'INFO' | 'DEBG', text: string) => void;
  readonly reopen: () => void;
  readonly end: (ending: Ending, cause: Cause) => void;
  /** An error that nobody caught. The children need the daemon more than it needs to be right. */
  readonly survive: (where: string, error: unknown) => void;
}

/** Supervisor: supervisord.py handle_signal. */
const REACTIONS: Readonly<Record<string, (to: SignalReactions, signal: string) => void>> = {
  SIGTERM: exit,
  SIGINT: exit,
  SIGQUIT: exit,
  SIGHUP(to, signal) {
    to.log('WARN', `received ${signal} indicating restart request`);
    to.end('restart', { by: 'client', detail: signal });
  },
  SIGUSR2(to, signal) {
    to.log('INFO', `received ${signal} indicating log reopen request`);
    to.reopen();
  },
  // A log that meets `ulimit -f` is an error of its write (EFBIG); the signal beside it would end the daemon.
  SIGXFSZ: () => undefined,
  SIGCHLD(to, signal) {
    to.log('DEBG', `received ${signal} indicating a child quit`);
  },
};

function exit(to: SignalReactions, signal: string): void {
  to.log('WARN', `received ${signal} indicating exit request`);
  to.end('shutdown', { by: 'shutdown', detail: signal });
}

/** Reacts to the signals of a daemon, and survives what nobody caught. Returns its undo. */
export function listenToSignals(reactions: SignalReactions): () => void {
  const undo: (() => void)[] = [];
  const listen = (event: string, listener: (...args: unknown[]) => void): void => {
    process.on(event, listener);
    undo.push(() => process.off(event, listener));
  };
  for (const [signal, react] of Object.entries(REACTIONS)) listen(signal, () => react(reactions, signal));
  listen('uncaughtException', (error) => reactions.survive('uncaught exception', error));
  listen('unhandledRejection', (error) => reactions.survive('unhandled rejection', error));
  return () => {
    for (const off of undo.splice(0)) off();
  };
}
