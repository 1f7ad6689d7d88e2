import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import type { ProcessCalls } from './processes.ts';

/**
 * Reaps orphans. The kernel gives them to process 1 when their parent exits; without somebody who waits for them they
 * stay as zombies.
 *
 * The children of node:child_process belong to libuv, which waits for each by its pid, and must find it. Those of the
 * main thread are known from a channel of Node's. Those of worker threads are no children of the main thread, to which
 * the kernel gives the orphans. So what is left among the children of the main thread is an orphan.
 */
export class Orphans {
  readonly #calls: ProcessCalls;
  readonly #isOwn: (pid: number) => boolean;
  readonly #ofLibuv = new Set<ChildProcess>();
  #isPlanned = false;

  /** `isOwn`: whether a pid is that of a child that was spawned, and is reaped, elsewhere. */
  constructor(calls: ProcessCalls, isOwn: (pid: number) => boolean) {
    this.#calls = calls;
    this.#isOwn = isOwn;
    subscribe('child_process', (message) => this.#started((message as { readonly process: ChildProcess }).process));
  }

  /** Reaps the orphans that have exited, in one of the next turns: exits come in crowds. */
  look(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#reapAll();
    });
  }

  #started(child: ChildProcess): void {
    this.#ofLibuv.add(child);
    const forget = (): boolean => this.#ofLibuv.delete(child);
    child.once('exit', forget).once('close', forget); // one that could not be spawned only closes
  }

  #reapAll(): void {
    const ofLibuv = new Set([...this.#ofLibuv].map(({ pid }) => pid));
    for (const pid of childrenOfMainThread()) {
      if (!this.#isOwn(pid) && !ofLibuv.has(pid)) this.#calls.reap(pid);
    }
  }
}

/** Zombies included. Empty where the kernel does not tell (CONFIG_PROC_CHILDREN). */
function childrenOfMainThread(): number[] {
  try {
    const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
