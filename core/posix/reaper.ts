import { readFileSync } from 'node:fs';
import { systemClock, type Timer } from '../clock.ts';
import type { ProcessCalls, WaitStatus } from './processes.ts';

/** The end of a child. */
export interface Reaped {
  /** `gone`: somebody else has reaped it, and its status is not known. */
  readonly status: WaitStatus | 'gone';
  /** The name that the kernel had for it at its end, where it was asked for and can be known. */
  readonly comm: string | undefined;
}

interface Watched {
  readonly wantsComm: boolean;
  readonly onEnd: (end: Reaped) => void;
}

/**
 * As many exits in one turn of the event loop: with thousands, libuv's signal pipe is full of SIGCHLD and a SIGTERM gets
 * lost.
 */
const MOST_PER_TURN = 500;

/**
 * Reaps the children that were made past libuv, and none of libuv's: `wait4` is called with pids of ours only. SIGCHLD
 * coalesces, so one stands for any number of exits.
 *
 * `waitid` with WNOWAIT tells which child has ended, without reaping it, so that a signal does not cost a call for every
 * child. Where a child of somebody else (libuv) stands in front, all of ours are asked.
 */
export class Reaper {
  readonly #calls: ProcessCalls;
  readonly #watched = new Map<number, Watched>();
  #isListening = false;
  /** Never fires: as long as there are children, the event loop has something to wait for, as with those of Node. */
  #alive: Timer | undefined;
  #isPlanned = false;

  constructor(calls: ProcessCalls) {
    this.#calls = calls;
  }

  /** To be called before a child is made: from then on no exit is missed. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    process.on('SIGCHLD', () => this.#look());
    this.#calls.reportEndsOnly();
    this.#lookAgain();
  }

  watch(pid: number, watched: Watched): void {
    this.#watched.set(pid, watched);
    this.#alive ??= systemClock.setTimer(Infinity, () => undefined);
  }

  #look(): void {
    for (let count = 0; this.#watched.size > 0; count += 1) {
      if (count === MOST_PER_TURN) return this.#lookAgain();
      const ended = this.#calls.findEnded();
      if (ended === undefined) return undefined;
      if (ended === 'none') return this.#askAll();
      const watched = this.#watched.get(ended.pid);
      if (watched === undefined) return this.#askAll();
      // A zombie keeps its name until it is reaped.
      const comm = watched.wantsComm && ended.code !== undefined && ended.code >= 125 ? commOf(ended.pid) : undefined;
      this.#reap(ended.pid, watched, comm);
    }
    return undefined;
  }

  #askAll(): void {
    let count = 0;
    for (const [pid, watched] of this.#watched) {
      if (count === MOST_PER_TURN) return this.#lookAgain();
      // Where it still runs, the name may change.
      const comm = watched.wantsComm && this.#calls.hasEnded(pid) ? commOf(pid) : undefined;
      if (this.#reap(pid, watched, comm)) count += 1;
    }
    return undefined;
  }

  #reap(pid: number, { onEnd }: Watched, comm: string | undefined): boolean {
    const status = this.#calls.reap(pid);
    if (status === 'running') return false;
    this.#watched.delete(pid);
    if (this.#watched.size === 0) {
      this.#alive?.cancel();
      this.#alive = undefined;
    }
    try {
      onEnd({ status, comm });
    } catch (error) {
      // The other children are not to wait for the next signal.
      process.nextTick(() => {
        throw error;
      });
    }
    return true;
  }

  #lookAgain(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#look();
    });
  }
}

function commOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, '');
  } catch {
    return undefined;
  }
}
