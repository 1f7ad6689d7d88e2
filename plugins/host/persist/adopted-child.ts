import { closeSync } from 'node:fs';
import { codeOf, numberOfSignal, type Child, type Clock, type Exit } from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import { startOf, type StartedProcess } from './process-start.ts';
import { exitOfPidfd, exitOfZombie, type Fate } from './left-behind.ts';

/** How long process 1 gets to reap a child before its status counts as unknown. */
const REAPED_WITHIN_MS = 1_000;
const LOOKED_AT_EVERY_MS = 10;

/**
 * A child of another daemon. It is not this process's own, so it is signalled and waited for through a pidfd, which never refers to
 * another process later.
 */
export class AdoptedChild implements Child {
  readonly pid: number;
  readonly #process: StartedProcess;
  readonly #posix: Posix;
  readonly #clock: Clock;
  #fate: Fate;
  readonly #callbacks: ((exit: Exit) => void)[] = [];

  constructor(process: StartedProcess, fate: Fate, { posix, clock }: { readonly posix: Posix; readonly clock: Clock }) {
    this.pid = process.pid;
    this.#process = process;
    this.#fate = fate;
    this.#posix = posix;
    this.#clock = clock;
    if (fate.kind === 'running') posix.watchEnd(fate.pidfd, () => this.#learn(fate.pidfd, clock.now()));
  }

  onExit(callback: (exit: Exit) => void): void {
    if (this.#fate.kind === 'ended') callback(this.#fate.exit);
    else this.#callbacks.push(callback);
  }

  signal(signal: NodeJS.Signals, asGroup: boolean): 'sent' | 'gone' {
    if (this.#fate.kind === 'ended') return 'gone';
    const number = numberOfSignal(signal);
    try {
      return this.#posix.signalPidfd(this.#fate.pidfd, number, asGroup);
    } catch (error) {
      if (!asGroup || codeOf(error) !== 'EINVAL') throw error;
      return this.#signalGroup(number); // before Linux 6.9
    }
  }

  #signalGroup(number: number): 'sent' | 'gone' {
    if (startOf(this.pid) !== this.#process.start) return 'gone';
    process.kill(-this.pid, number);
    return 'sent';
  }

  /** It has exited. The kernel reports the status once its parent, process 1, has reaped it. */
  #learn(pidfd: number, endedAt: number): void {
    const exit = exitOfPidfd(this.#posix, pidfd) ?? exitOfZombie(this.#process);
    if (exit !== undefined) return this.#ended(pidfd, exit);
    if (this.#clock.now() - endedAt > REAPED_WITHIN_MS) {
      return this.#ended(pidfd, {
        kind: 'unknown',
        reason: 'it is no child of this daemon, and the kernel does not tell',
      });
    }
    this.#clock.setTimer(LOOKED_AT_EVERY_MS, () => this.#learn(pidfd, endedAt));
    return undefined;
  }

  #ended(pidfd: number, exit: Exit): void {
    closeSync(pidfd);
    this.#fate = { kind: 'ended', exit };
    for (const callback of this.#callbacks.splice(0)) callback(exit);
  }
}
