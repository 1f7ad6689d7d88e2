import { unreachable } from '../../../core/index.ts';
import type { EventType } from './event-types.ts';
import { FRESH, step, type Effect, type Input, type Listener, type ListenerState } from './protocol.ts';
import { characters } from './characters.ts';

/** An event to be sent to listeners. */
export interface Event {
  readonly type: EventType;
  readonly payload: string;
  /** The number of the event, counted over all events that a listener subscribes to. */
  readonly serial: number;
}

/** A process of a pool. */
export interface Member {
  readonly name: string;
  /** Only a RUNNING process is sent events. */
  readonly canReceive: () => boolean;
  /** Writes to its stdin. `closed`: the process no longer reads there. `full`: the buffer for it is full. */
  readonly send: (bytes: Uint8Array) => 'queued' | 'closed' | 'full';
}

export interface PoolOptions {
  readonly name: string;
  /** The supervisor's identifier. */
  readonly server: string;
  readonly bufferSize: number;
  /** Whether a result accepts the event. */
  readonly judge: (answer: Answer) => boolean;
  readonly report: (notice: PoolNotice) => void;
  /** Called when a listener changes its state. */
  readonly changed: (process: string, from: ListenerState, to: ListenerState) => void;
}

/** The answer of a listener to an event. */
export interface Answer {
  readonly process: string;
  readonly event: Event;
  readonly result: Uint8Array;
}

/** What happens in a pool, for the log and for other plugins. */
export type PoolNotice =
  | { readonly kind: 'sent'; readonly process: string; readonly event: Event }
  | { readonly kind: 'accepted'; readonly process: string; readonly event: Event }
  | { readonly kind: 'rejected'; readonly process: string; readonly event: Event }
  /** The listener closed its stdin. The event waits for another listener. */
  | { readonly kind: 'closed'; readonly process: string; readonly event: Event }
  /** A listener rejected the event, and it will be sent again. `buffered`: how many others wait. */
  | { readonly kind: 'rebuffered'; readonly event: Event; readonly buffered: number; readonly bufferSize: number }
  /** The buffer was full, or the event was too large for the stdin of a listener. `dropped`: the total so far. */
  | { readonly kind: 'dropped'; readonly event: Event; readonly why: 'overflow' | 'size'; readonly dropped: number }
  | { readonly kind: 'violated'; readonly process: string; readonly reason: string };

/** One event in this pool. It keeps its serial when it is sent again. */
interface Entry {
  readonly event: Event;
  readonly poolSerial: number;
}

interface Slot {
  readonly member: Member;
  listener: Listener;
  /** The event that it is processing. */
  entry: Entry | undefined;
  /** Why it is UNKNOWN. */
  why: string | undefined;
}

/**
 * Listeners that share a subscription: each event goes to one of them. Events wait in a buffer while no listener is
 * ready; when it is full, the oldest is dropped. An event that is rejected, or whose listener exits while processing
 * it, goes back to the head of the buffer and is sent again with the same serials. Supervisor: process.py
 * EventListenerPool.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #seats = new Map<string, Slot>();
  /** Oldest first; at most `bufferSize`. */
  readonly #buffer: Entry[] = [];
  #poolSerial = -1;
  #dropped = 0;
  #isDispatching = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get bufferSize(): number {
    return this.#options.bufferSize;
  }

  get buffered(): number {
    return this.#buffer.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  join(member: Member): void {
    this.#seats.set(member.name, { member, listener: FRESH, entry: undefined, why: undefined });
  }

  /** Removes a process from the pool. Its event goes to another listener. */
  leave(process: string): void {
    const seat = this.#seats.get(process);
    if (seat === undefined) return;
    this.#seats.delete(process);
    this.#takeBack(seat);
    this.dispatch();
  }

  /** The state of a listener and, where it is UNKNOWN, why. */
  statusOf(process: string): { readonly state: ListenerState; readonly why: string | undefined } | undefined {
    const seat = this.#seats.get(process);
    return seat && { state: seat.listener.state, why: seat.why };
  }

  accept(event: Event): void {
    this.#poolSerial += 1;
    this.#makeRoom();
    this.#buffer.push({ event, poolSerial: this.#poolSerial });
    this.dispatch();
  }

  /** Handles stdout of a process of the pool. */
  received(process: string, bytes: Uint8Array): void {
    const seat = this.#seats.get(process);
    if (seat === undefined) return;
    this.#input(seat, { kind: 'heard', bytes });
    this.dispatch();
  }

  /** Resets a listener whose process was started or has exited. Its event goes to another listener. */
  reset(process: string): void {
    const seat = this.#seats.get(process);
    if (seat === undefined) return;
    seat.listener = FRESH;
    seat.why = undefined;
    this.#takeBack(seat);
    this.dispatch();
  }

  /** Sends waiting events while listeners are ready. Call it when a process becomes RUNNING. */
  dispatch(): void {
    if (this.#isDispatching) return; // called while sending: the loop below continues
    this.#isDispatching = true;
    try {
      for (const seat of this.#seats.values()) this.#offer(seat);
    } finally {
      this.#isDispatching = false;
    }
  }

  /** Sends the oldest event to a ready listener. */
  #offer(seat: Slot): void {
    if (seat.listener.state !== 'READY' || !seat.member.canReceive()) return;
    for (let entry = this.#buffer.shift(); entry !== undefined; entry = this.#buffer.shift()) {
      const sent = seat.member.send(this.#envelope(entry));
      if (sent === 'full') {
        // A ready listener has read everything sent before, so this event alone is too large and can never be sent.
        this.#drop(entry, 'size');
        continue;
      }
      if (sent === 'closed') {
        this.#buffer.unshift(entry); // the process is about to exit: keep the event for another listener
        return this.#options.report({ kind: 'closed', process: seat.member.name, event: entry.event });
      }
      seat.entry = entry;
      this.#input(seat, { kind: 'sent' });
      return this.#options.report({ kind: 'sent', process: seat.member.name, event: entry.event });
    }
  }

  #input(seat: Slot, input: Input): void {
    const { listener, effect } = step(seat.listener, input);
    const before = seat.listener.state;
    seat.listener = listener;
    const process = seat.member.name;
    // A result and the next READY may arrive in one read; the state between them is reported all the same.
    const between = input.kind === 'judged' ? 'ACKNOWLEDGED' : before;
    this.#announce(process, before, between);
    this.#announce(process, between, listener.state);
    if (effect !== undefined) this.#perform(seat, effect);
  }

  #announce(process: string, from: ListenerState, to: ListenerState): void {
    if (from !== to) this.#options.changed(process, from, to);
  }

  #perform(seat: Slot, effect: Effect): void {
    switch (effect.kind) {
      case 'judge':
        this.#judge(seat, effect.result);
        return this.#input(seat, { kind: 'judged' });
      case 'violated':
        seat.why = effect.reason;
        this.#takeBack(seat);
        return this.#options.report({ kind: 'violated', process: seat.member.name, reason: effect.reason });
      default:
        return unreachable(effect);
    }
  }

  #judge(seat: Slot, result: Uint8Array): void {
    const { entry } = seat;
    if (entry === undefined) return; // BUSY with nothing cannot be
    const process = seat.member.name;
    const isAccepted = this.#options.judge({ process, event: entry.event, result });
    this.#options.report({ kind: isAccepted ? 'accepted' : 'rejected', process, event: entry.event });
    if (isAccepted) seat.entry = undefined;
    else this.#takeBack(seat);
  }

  #takeBack(seat: Slot): void {
    const { entry } = seat;
    if (entry === undefined) return;
    seat.entry = undefined;
    const { buffered, bufferSize } = this;
    this.#makeRoom();
    this.#buffer.unshift(entry);
    this.#options.report({ kind: 'rebuffered', event: entry.event, buffered, bufferSize });
  }

  #makeRoom(): void {
    if (this.#buffer.length < this.#options.bufferSize) return;
    const oldest = this.#buffer.shift();
    if (oldest !== undefined) this.#drop(oldest, 'overflow');
  }

  #drop({ event }: Entry, why: 'overflow' | 'size'): void {
    this.#dropped += 1;
    this.#options.report({ kind: 'dropped', event, why, dropped: this.#dropped });
  }

  /** The header gives the length in characters, not in bytes: existing listeners read text. */
  #envelope({ event, poolSerial }: Entry): Uint8Array {
    const { name, server } = this.#options;
    return Buffer.from(
      `ver:3.0 server:${server} serial:${event.serial} pool:${name} poolserial:${poolSerial} ` +
        `eventname:${event.type} len:${characters(event.payload)}\n${event.payload}`,
    );
  }
}
