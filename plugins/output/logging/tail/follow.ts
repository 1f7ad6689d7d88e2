import { closeSync, fstatSync, readSync } from 'node:fs';
import { mayOpen } from '../../../../core/index.ts';
import type { LogChange, LogTarget } from '../file/log-target.ts';
import { identityOf, openToRead } from '../file/open-log.ts';
import type { LogPlace } from './read-log.ts';

export interface FollowOptions {
  /** How many of the existing bytes come first. Supervisor: 1024. */
  readonly last?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** How many rotated files a slow reader may be behind. Beyond it, the oldest is skipped. */
const MOST_GENERATIONS = 8;
const CHUNK_BYTES = 65_536;
const TRUNCATED = Buffer.from('==> log truncated <==\n');

/**
 * The end of a log and everything that is appended from then on, across rotations. It reads the files at the pace of
 * its consumer: a slow one neither slows down the program nor fills memory. `undefined` if there is no file.
 */
export function followLog(
  target: LogTarget,
  { last = 1024, signal }: FollowOptions = {},
): AsyncIterable<Buffer> | undefined {
  const first = openGeneration(target);
  if (first === undefined) return undefined;
  first.position = Math.max(0, fstatSync(first.fd).size - last);
  return new Follower(target, first, signal);
}

/**
 * One of the files that have had the name of the log: each rotation begins a generation, which is read after those
 * before.
 */
interface Generation {
  readonly fd: number;
  readonly identity: string | undefined;
  position: number;
  /** Since the last read. */
  isEmptied: boolean;
}

class Follower implements AsyncIterableIterator<Buffer> {
  readonly #target: LogTarget;
  readonly #generations: Generation[];
  readonly #signal: AbortSignal | undefined;
  readonly #unwatch: () => void;
  #wake: (() => void) | undefined;
  #isOver = false;

  constructor(target: LogTarget, first: Generation, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#generations = [first];
    this.#unwatch = target.watch((change) => this.#changed(change));
    this.#signal = signal;
    if (signal?.aborted === true) this.#end();
    signal?.addEventListener('abort', this.#end);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    while (!this.#isOver) {
      const bytes = this.#read();
      if (bytes !== undefined) return { done: false, value: bytes };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Buffer, undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  #changed(change: LogChange): void {
    const newest = this.#generations.at(-1);
    if (change === 'another') {
      // A reader that is behind keeps no old files open when descriptors are scarce.
      if (this.#generations.length > 1 && !mayOpen('network')) this.#closeOldest();
      this.#openNewest();
    }
    // When it is read again, it may be as large as before.
    if (change === 'emptied' && newest !== undefined && newest.position > 0) newest.isEmptied = true;
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Opens the new file at once: after the next rotation another file has its name. */
  #openNewest(): void {
    const next = openGeneration(this.#target);
    if (next === undefined) return;
    if (next.identity === this.#generations.at(-1)?.identity) return closeSync(next.fd);
    this.#generations.push(next);
    if (this.#generations.length > MOST_GENERATIONS) this.#closeOldest();
  }

  #read(): Buffer | undefined {
    for (let current = this.#generations[0]; current !== undefined; current = this.#generations[0]) {
      const size = fstatSync(current.fd).size;
      if (current.isEmptied || size < current.position) {
        current.position = 0;
        current.isEmptied = false;
        return TRUNCATED;
      }
      if (size > current.position) {
        const bytes = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - current.position));
        const count = readSync(current.fd, bytes, 0, bytes.length, current.position);
        current.position += count;
        if (count > 0) return bytes.subarray(0, count);
      }
      if (this.#generations.length === 1) return undefined;
      this.#closeOldest();
    }
    return undefined;
  }

  #closeOldest(): void {
    const oldest = this.#generations.shift();
    if (oldest !== undefined) closeSync(oldest.fd);
  }

  readonly #end = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal?.removeEventListener('abort', this.#end);
    this.#unwatch();
    while (this.#generations.length > 0) this.#closeOldest();
    this.#wake?.();
  };
}

function openGeneration(log: LogPlace): Generation | undefined {
  const fd = openToRead(log);
  return fd === undefined ? undefined : { fd, identity: identityOf(fstatSync(fd)), position: 0, isEmptied: false };
}
