import { readFileSync } from 'node:fs';
import { systemClock, type Timer } from '../clock.ts';
import { Orphans } from './orphans.ts';
import type { EndOfChild, ProcessCalls } from './processes.ts';

/** An exited child. */
export interface Reaped {
  /** `gone`: it was reaped elsewhere, and its status is not known. */
  readonly end: EndOfChild | 'gone';
  /** The kernel's name of the process at its exit, if it was requested and can be read. */
  readonly comm: string | undefined;
}

interface Watched {
  readonly wantsComm: boolean;
  readonly onEnd: (end: Reaped) => void;
}

/**
 * At most this many exits per turn of the event loop. With thousands, SIGCHLD fills libuv's signal pipe and a SIGTERM
 * gets lost.
 */
const MOST_PER_TURN = 500;

/**
 * Reaps the children that were spawned without libuv, and none of libuv's: `wait4` is called with our pids only.
 * SIGCHLD coalesces: one signal may stand for any number of exits.
 *
 * `waitid` with WNOWAIT finds a child that has exited without reaping it, so a signal does not cost one call per child.
 * If the first one found is not ours (libuv's), all of ours are checked.
 */
export class Reaper {
  readonly #calls: ProcessCalls;
  readonly #watched = new Map<number, Watched>();
  readonly #orphans: Orphans | undefined;
  #isListening = false;
  /** Never fires. It keeps the event loop alive while there are children, as Node's own children do. */
  #alive: Timer | undefined;
  #isPlanned = false;

  /** `isInit`: this is process 1, which has to reap orphans, too. */
  constructor(calls: ProcessCalls, { isInit }: { readonly isInit: boolean }) {
    this.#calls = calls;
    if (!isInit) return;
    this.#orphans = new Orphans(calls, (pid) => this.#watched.has(pid));
    this.listen();
  }

  /** Call it before a child is spawned: from then on no exit is missed. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    process.on('SIGCHLD', () => this.#look());
    this.#calls.reportEndsOnly();
    this.lookAgain();
  }

  watch(pid: number, watched: Watched): void {
    this.#watched.set(pid, watched);
    this.#alive ??= systemClock.setTimer(Infinity, () => undefined);
  }

  #look(): void {
    this.#orphans?.look();
    for (let count = 0; this.#watched.size > 0; count += 1) {
      if (count === MOST_PER_TURN) return this.lookAgain();
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
      if (count === MOST_PER_TURN) return this.lookAgain();
      // If it still runs, the name may still change.
      const comm = watched.wantsComm && this.#calls.hasEnded(pid) ? commOf(pid) : undefined;
      if (this.#reap(pid, watched, comm)) count += 1;
    }
    return undefined;
  }

  #reap(pid: number, { onEnd }: Watched, comm: string | undefined): boolean {
    const end = this.#calls.reap(pid);
    if (end === 'running') return false;
    this.#watched.delete(pid);
    if (this.#watched.size === 0) {
      this.#alive?.cancel();
      this.#alive = undefined;
    }
    try {
      onEnd({ end, comm });
    } catch (error) {
      // The other children must not wait for the next signal.
      process.nextTick(() => {
        throw error;
      });
    }
    return true;
  }

  /** Looks in the next turn. */
  lookAgain(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#look();
    });
  }
}

const reapers = new WeakMap<ProcessCalls, Reaper>();

/** The one reaper of this process, for everything that is spawned with these calls. */
export function reaperOf(calls: ProcessCalls): Reaper {
  let reaper = reapers.get(calls);
  if (reaper === undefined) reapers.set(calls, (reaper = new Reaper(calls, { isInit: process.pid === 1 })));
  return reaper;
}

function commOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, '');
  } catch {
    return undefined;
  }
}
