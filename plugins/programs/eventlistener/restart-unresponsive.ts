import {
  namespec,
  readOptions,
  type Exit,
  type ProcessView,
  type Supervisor,
  type Verdict,
} from '../../../core/index.ts';
import { decide, programOptions } from '../../policy/autorestart/index.ts';

/**
 * Restarts listeners that broke the protocol and would otherwise receive no event any more. The core ends the child;
 * its exit then counts as a failed start: the nth in a row waits for n seconds, and after `startretries` the listener
 * is given up. Counting begins anew once it has accepted an event. With `autorestart=false` it is left alone, as nobody
 * wants it started again.
 */
export class RestartUnresponsive {
  readonly #supervisor: Supervisor;
  readonly #plugin: string;
  /** By listener: why it is being restarted. */
  readonly #reasons = new Map<string, string>();
  /** By listener: failures in a row. */
  readonly #failures = new Map<string, number>();
  readonly #log: (text: string) => void;

  constructor(supervisor: Supervisor, plugin: string, log: (text: string) => void) {
    this.#supervisor = supervisor;
    this.#plugin = plugin;
    this.#log = log;
    // Before autorestart, which knows nothing of the protocol.
    supervisor.hooks.exit.tap({ name: plugin, stage: -10 }, (process, exit) => this.#judge(process, exit));
    supervisor.events.on('process:exited', ({ process }) => this.#reasons.delete(namespec(process)), plugin);
    supervisor.events.on('process:removed', ({ process }) => this.#failures.delete(namespec(process)), plugin);
  }

  /** Restarts a listener that no longer follows the protocol. */
  restart(process: ProcessView, why: string): void {
    if (readOptions(process.config.options, programOptions).autorestart === false) return;
    const key = namespec(process);
    const target = this.#supervisor.find(`${process.group}:${process.name}`);
    if (target === undefined || this.#reasons.has(key)) return;
    this.#reasons.set(key, why);
    this.#log(`${process.name}: is restarted, because it ${why}`);
    void target.restartByPolicy({ by: 'plugin', detail: `${this.#plugin}: it ${why}` });
  }

  /** A listener has accepted an event, so it works again. */
  works(listener: string): void {
    this.#failures.delete(listener);
  }

  #judge(process: ProcessView, exit: Exit): Verdict | undefined {
    const key = namespec(process);
    const why = this.#reasons.get(key);
    if (why === undefined) return undefined;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const tries = process.state === 'STARTING' ? process.tries : failures;
    const verdict = decide(
      { exit, of: 'start', tries, livedMs: 0 },
      readOptions(process.config.options, programOptions),
    );
    const reason = [why, verdict.reason].filter((part) => part !== undefined).join('; ');
    if (verdict.kind === 'leave') {
      this.#failures.delete(key);
      this.#log(`${process.name}: gave up restarting it; ${reason}`);
    }
    return { ...verdict, reason };
  }
}
