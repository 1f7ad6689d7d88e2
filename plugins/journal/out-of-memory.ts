import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutOfMemory } from './record.ts';

/**
 * Whether the kernel killed somebody for lack of memory. It never says whom to anybody but the system log; but it counts:
 * `oom_kill` in `memory.events` of the cgroup (version 2) of whoever was killed, and in `/proc/vmstat` for the whole machine.
 * A SIGKILL that nobody here has sent, and a counter that has risen since the last look, is evidence, and no proof.
 */
export class OutOfMemoryWatch {
  readonly #root: string;
  /** By counter: what it showed at the last look, and when that was. One for each cgroup that children have been in. */
  readonly #seen = new Map<string, { readonly kills: number; readonly at: string }>();

  /** `root`: where `/proc` and `/sys` are. */
  constructor(root = '/') {
    this.#root = root;
  }

  /** Call it when a child begins. Returns what to {@link look} at when it ends, or `undefined` where nobody counts. */
  begin(pid: number, at: string): string | undefined {
    const counter = [this.#cgroupCounterOf(pid), '/proc/vmstat'].find(
      (file) => file !== undefined && this.#read(file) !== undefined,
    );
    if (counter !== undefined) this.#remember(counter, at);
    return counter;
  }

  /** What a counter has counted since the last look. */
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
