import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { codeOf } from '../../../../core/index.ts';
import type { StdinResult } from '../service.ts';

/**
 * How many bytes may wait for a child that does not read, beyond what its pipe holds. Further writes are refused. A
 * single write may be larger while nothing else waits: its sender has it in memory anyway, and it would be refused for
 * ever.
 */
const MOST_WAITING_BYTES = 1_048_576;

/**
 * The writing end of a child's stdin. It writes to the pipe at once as much as the pipe accepts, and queues the rest.
 * Without a rest, stdin costs one descriptor and no event.
 */
export class StdinPipe {
  readonly fd: number;
  #fd: number | undefined;
  /** Writes the queued bytes when the pipe accepts more. It owns the descriptor. */
  #socket: Socket | undefined;

  /** Takes ownership of the descriptor, which has to be non-blocking. */
  constructor(fd: number) {
    this.#fd = fd;
    this.fd = fd;
  }

  write(bytes: Uint8Array): StdinResult {
    if (this.#fd === undefined) return 'closed';
    const waiting = this.#socket?.writableLength ?? 0;
    if (waiting > 0 && waiting + bytes.length > MOST_WAITING_BYTES) return 'full';
    if (waiting > 0) return this.#queue(bytes);
    let count = 0;
    try {
      while (count < bytes.length) count += writeSync(this.#fd, bytes, count, bytes.length - count);
      return 'queued';
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return this.#queue(bytes.subarray(count));
      this.close(); // EPIPE: the child has closed its end
      return 'closed';
    }
  }

  close(): void {
    if (this.#socket !== undefined) this.#socket.destroy();
    else if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#socket = undefined;
  }

  #queue(bytes: Uint8Array): StdinResult {
    if (this.#socket === undefined) {
      this.#socket = new Socket({ fd: this.#fd ?? -1, readable: false, writable: true });
      this.#socket.on('error', () => this.close());
    }
    this.#socket.write(Buffer.from(bytes)); // the caller may reuse its buffer
    return 'queued';
  }
}
