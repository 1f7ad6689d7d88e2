import { closeSync, constants, existsSync, openSync, readlinkSync } from 'node:fs';
import { codeOf, countDescriptors, mayOpen, type Clock, type Timer } from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import { MARK } from './mark.ts';
import { pidfdOf, startOf, type StartedProcess } from './process-start.ts';

/** The process that holds descriptors, as the state names it. `ends`: pids of children, and its pidfds of them. */
export interface KeeperRecord extends StartedProcess {
  readonly ends: readonly (readonly [pid: number, fd: number])[];
}

/** What is held: descriptors by name, and children whose exit status must stay available. */
export interface Held {
  readonly descriptors: ReadonlyMap<string, number>;
  readonly children: readonly number[];
}

/** Changes come in crowds: many programs start at once. */
const SETTLE_MS = 20;
/** A new keeper takes at most this part of the daemon's time. */
const MOST_SHARE = 0.1;

const SLEEP = ['/usr/bin/sleep', '/bin/sleep'].find((file) => existsSync(file));

/**
 * Holds the daemon's descriptors while there is no daemon: a `sleep` that has inherited them. A pipe that nobody has open is gone,
 * with what is in it; of a child that has ended, the kernel keeps the exit status as long as a process has a pidfd of it.
 *
 * Of a pipe for output it has an end that only reads, so that it does not look like a program that may still write.
 *
 * A process cannot be given descriptors later: when there are new ones, another one takes over a moment later.
 */
export class Keeper {
  readonly #posix: Posix;
  readonly #clock: Clock;
  readonly #held: () => Held;
  readonly #mark: string;
  readonly #record: (record: KeeperRecord) => void;
  readonly #fail: (error: unknown) => void;
  #current: KeeperRecord | undefined;
  #planned: Timer | undefined;
  /** The last one that this program made. */
  #made: number | undefined;
  #tookMs = 0;
  #hasFailed = false;

  constructor(
    posix: Posix,
    context: {
      readonly clock: Clock;
      readonly held: () => Held;
      /** By which a keeper is found that was never recorded. */
      readonly mark: string;
      readonly record: (record: KeeperRecord) => void;
      readonly fail: (error: unknown) => void;
    },
  ) {
    this.#posix = posix;
    this.#clock = context.clock;
    this.#held = context.held;
    this.#mark = context.mark;
    this.#record = context.record;
    this.#fail = context.fail;
  }

  /** That of the daemon before, which the next one replaces. */
  succeed(record: KeeperRecord): void {
    this.#current = record;
  }

  /** Something new is to be held. */
  changed(): void {
    this.#planned ??= this.#clock.setTimer(Math.max(SETTLE_MS, this.#tookMs / MOST_SHARE), () => {
      this.#planned = undefined;
      this.#attempt();
    });
  }

  #attempt(): void {
    const begin = this.#clock.now();
    try {
      this.#replace();
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) this.#fail(error); // the first of a row
      this.#hasFailed = true;
    }
    this.#tookMs = this.#clock.now() - begin;
  }

  /** Something is not to be held any more: at once where others would notice. */
  released(name: string): void {
    if (!name.startsWith('socket ')) return this.changed();
    this.#planned?.cancel();
    this.#planned = undefined;
    this.#attempt();
    return undefined;
  }

  /** What is planned is done at once. @throws where it cannot be done. */
  now(): void {
    if (this.#planned === undefined) return;
    this.#planned.cancel();
    this.#planned = undefined;
    this.#replace();
  }

  /** That of now, or of the daemon before. */
  get pid(): number | undefined {
    return this.#current?.pid;
  }

  end(): void {
    this.#planned?.cancel();
    if (this.#current !== undefined) this.kill(this.#current);
    this.#current = undefined;
  }

  #replace(): void {
    if (SLEEP === undefined) throw new Error('there is no command `sleep`');
    const { descriptors, children } = this.#held();
    this.#checkRoom(descriptors.size + children.length);
    const opened: number[] = [];
    const keeps: number[] = [];
    const ends: [number, number][] = [];
    try {
      for (const [name, fd] of descriptors) keeps.push(isOutput(name) ? this.#reader(fd, opened) : fd);
      for (const pid of children) {
        const fd = this.#pidfd(pid);
        if (fd === undefined) continue;
        opened.push(fd);
        keeps.push(fd);
        ends.push([pid, fd]);
      }
      const pid = this.#posix.spawnProcess({
        file: Buffer.from(SLEEP),
        argv: [Buffer.from('sleep'), Buffer.from('infinity')],
        env: [Buffer.from(`${MARK}=${this.#mark}`)],
        cwd: Buffer.from('/'),
        fds: ['null', 'null', 'null'],
        keeps,
      });
      const before = this.#current;
      const start = startOf(pid);
      if (start === undefined) {
        this.#posix.watchChild(pid, () => undefined);
        throw new Error(`${SLEEP} ended at once`);
      }
      this.#current = { pid, start, ends };
      this.#made = pid;
      this.#posix.watchChild(pid, () => this.#ended(pid));
      this.#record(this.#current);
      if (before !== undefined) this.kill(before);
    } finally {
      for (const fd of opened) closeSync(fd);
    }
  }

  /** For the moment of the spawn this process has them twice. @throws when too few are left. */
  #checkRoom(needed: number): void {
    const count = countDescriptors();
    if (mayOpen('programs', needed, count)) return;
    throw new Error(`${needed} file descriptors are needed for a moment, and ${count.free} are free; raise minfds`);
  }

  /** `undefined`: it has ended, which is about to be recorded. */
  #pidfd(pid: number): number | undefined {
    try {
      return this.#posix.openPidfd(pid);
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return undefined;
      throw error;
    }
  }

  #reader(fd: number, opened: number[]): number {
    const reader = openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
    opened.push(reader);
    return reader;
  }

  /** Somebody has killed it. */
  #ended(pid: number): void {
    if (this.#current?.pid !== pid) return;
    this.#current = undefined;
    this.changed();
  }

  kill(keeper: StartedProcess): void {
    killExactly(this.#posix, keeper);
    // It may be a child of this process that it had before it became this program.
    if (keeper.pid !== this.#made) this.#posix.watchChild(keeper.pid, () => undefined);
  }
}

/** Kills exactly this process, if it is still there. */
function killExactly(posix: Posix, process: StartedProcess): void {
  let pidfd: number | undefined;
  try {
    pidfd = pidfdOf(posix, process);
    if (pidfd !== undefined) posix.signalPidfd(pidfd, SIGKILL, false);
  } catch {
    // it has ended
  } finally {
    if (pidfd !== undefined) closeSync(pidfd);
  }
}

const SIGKILL = 9;

/** Whether a descriptor of this name is a pipe for what a program writes. */
export function isOutput(name: string): boolean {
  return name.startsWith('stdout ') || name.startsWith('stderr ');
}

/** What a descriptor is to the kernel: `pipe:[12345]`. `undefined`: it is not open. */
export function identityOf(fd: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/${typeof fd === 'number' ? `self/fd/${fd}` : fd}`);
  } catch {
    return undefined;
  }
}
