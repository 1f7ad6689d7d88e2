import { namespec, readOptions, type Exit, type ProcessView, type Supervisor, type Verdict } from '../../core/index.ts';
import { decide, programOptions } from '../autorestart/index.ts';

/**
 * Starts listeners anew that have broken the protocol and would hear nothing for ever. A listener is asked to end as a stop asks it,
 * and what follows is what follows a start that failed: the nth time in a row waits for n seconds, and after `startretries` it is
 * given up. Once it has accepted an event, counting begins anew. With `autorestart=false` nobody wants it started again, so it is
 * left alone.
 */
export class Mending {
  readonly #supervisor: Supervisor;
  /** By listener: what it is ended for, and what undoes the wait for its end. */
  readonly #ending = new Map<string, { readonly why: string; readonly cancel: () => void }>();
  /** By listener: how often in a row. */
  readonly #failures = new Map<string, number>();
  readonly #log: (text: string) => void;

  constructor(supervisor: Supervisor, plugin: string, log: (text: string) => void) {
    this.#supervisor = supervisor;
    this.#log = log;
    // Ahead of autorestart, which knows nothing of the protocol.
    supervisor.hooks.exit.tap({ name: plugin, stage: -10 }, (process, exit) => this.#judge(process, exit));
    supervisor.events.on('process:exited', ({ process }) => this.#forgetEnding(namespec(process)), plugin);
    supervisor.events.on('process:removed', ({ process }) => this.#failures.delete(namespec(process)), plugin);
  }

  /** Ends a listener that is deaf. */
  end(process: ProcessView, why: string): void {
    if (readOptions(process.config.options, programOptions).autorestart === false) return;
    const { stopsignal, stopasgroup, killasgroup, stopwaitsecs } = process.config;
    const key = namespec(process);
    const target = this.#supervisor.groups.get(process.group)?.processes.get(process.name);
    if (target === undefined || this.#ending.has(key)) return;
    const kill = this.#supervisor.clock.setTimer(stopwaitsecs * 1000, () => target.signal('SIGKILL', killasgroup));
    this.#ending.set(key, { why, cancel: () => kill.cancel() });
    this.#log(`${process.name}: is restarted, because it ${why}`);
    target.signal(stopsignal, stopasgroup);
  }

  /** A listener has dealt with an event: whatever was wrong is right now. */
  works(listener: string): void {
    this.#failures.delete(listener);
  }

  #judge(process: ProcessView, exit: Exit): Verdict | undefined {
    const key = namespec(process);
    const ending = this.#ending.get(key);
    if (ending === undefined) return undefined;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const tries = process.state === 'STARTING' ? process.tries : failures;
    const verdict = decide(
      { exit, of: 'start', tries, livedMs: 0 },
      readOptions(process.config.options, programOptions),
    );
    const reason = [ending.why, verdict.reason].filter((part) => part !== undefined).join('; ');
    if (verdict.kind === 'leave') {
      this.#failures.delete(key);
      this.#log(`${process.name}: gave up restarting it; ${reason}`);
    }
    return { ...verdict, reason };
  }

  #forgetEnding(key: string): void {
    this.#ending.get(key)?.cancel();
    this.#ending.delete(key);
  }
}
