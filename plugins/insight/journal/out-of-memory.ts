import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutOfMemory } from './record.ts';

/**
 * Whether the kernel killed a process for lack of memory. The kernel names the process only in the system log, but it
 * counts kills: `oom_kill` in `memory.events` of the cgroup (version 2) of the killed process, and in `/proc/vmstat`
 * for the whole machine. A SIGKILL that the daemon did not send, together with a counter that has risen since the last
 * check, is evidence, but no proof.
 */
export class OutOfMemoryWatch {
  readonly #root: string;
  /** By counter: its value at the last check, and the time of it. One for each cgroup that children have been in. */
  readonly #seen = new Map<string, { readonly kills: number; readonly at: string }>();

  /** `root`: where `/proc` and `/sys` are. */
  constructor(root = '/') {
    this.#root = root;
  }

  /**
   * Call it when a child starts. Returns the counter to {@link look} at when it ends, or `undefined` if there is none.
   */
  begin(pid: number, at: string): string | undefined {
    const counter = [this.#cgroupCounterOf(pid), '/proc/vmstat'].find(
      (file) => file !== undefined && this.#read(file) !== undefined,
    );
    if (counter !== undefined) this.#remember(counter, at);
    return counter;
  }

  /** The kills since the last check of a counter. */
  look(counter: string, at: string): OutOfMemory | undefined {
    const before = this.#seen.get(counter);
    const now = this.#remember(counter, at);
    if (before === undefined || now === undefined || now <= before.kills) return undefined;
    return { kills: now - before.kills, since: before.at, counter };
  }

  #remember(counter: string, at: string): number | undefined {
    const kills = this.#read(counter);
    if (kills !== undefined) this.#seen.set(counter, { kills, at });
    return kills;
  }

  #read(file: string): number | undefined {
    const kills = /^oom_kill (\d+)$/m.exec(this.#text(file) ?? '')?.[1];
    return kills === undefined ? undefined : Number(kills);
  }

  /** The line of version 2 begins with `0::`. */
  #cgroupCounterOf(pid: number): string | undefined {
    const path = /^0::(\/.*)$/m.exec(this.#text(`/proc/${pid}/cgroup`) ?? '')?.[1];
    return path === undefined ? undefined : join('/sys/fs/cgroup', path, 'memory.events');
  }

  #text(file: string): string | undefined {
    try {
      return readFileSync(join(this.#root, file), 'utf8');
    } catch {
      return undefined;
    }
  }
}
