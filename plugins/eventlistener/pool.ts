import { unreachable } from '../../core/index.ts';
import type { EventType } from './event-types.ts';
import { FRESH, step, type Effect, type Input, type Listener, type ListenerState } from './protocol.ts';
import { characters } from './characters.ts';

/** An event on its way to listeners. */
export interface Event {
  readonly type: EventType;
  readonly payload: string;
  /** Counts the events of this supervisor that any listener wants. */
  readonly serial: number;
}

/** A process of a pool, as the pool needs it. */
export interface Member {
  readonly name: string;
  /** Only a process in the state RUNNING is sent events. */
  readonly canReceive: () => boolean;
  /** Writes to its stdin. `closed`: nobody reads there any more; `full`: more than can wait for it. */
  readonly send: (bytes: Uint8Array) => 'queued' | 'closed' | 'full';
}

export interface PoolOptions {
  readonly name: string;
  /** The supervisor's identifier. */
  readonly server: string;
  readonly bufferSize: number;
  /** Is a result an acceptance of the event? */
  readonly judge: (answer: Answer) => boolean;
  readonly report: (notice: PoolNotice) => void;
  /** A listener has changed its state. */
  readonly changed: (process: string, from: ListenerState, to: ListenerState) => void;
}

/** What a listener said to an event. */
export interface Answer {
  readonly process: string;
  readonly event: Event;
  readonly result: Uint8Array;
}

/** What others may want to know. */
export type PoolNotice =
  | { readonly kind: 'sent'; readonly process: string; readonly event: Event }
  | { readonly kind: 'accepted'; readonly process: string; readonly event: Event }
  | { readonly kind: 'rejected'; readonly process: string; readonly event: Event }
  /** The listener has closed its stdin. The event waits for another one. */
  | { readonly kind: 'closed'; readonly process: string; readonly event: Event }
  /** A listener gave the event back, and it is sent again. `buffered`: how many wait besides it. */
  | { readonly kind: 'rebuffered'; readonly event: Event; readonly buffered: number; readonly bufferSize: number }
  /** The buffer was full, or the event too large for the stdin of a listener. `dropped`: so many so far. */
  | { readonly kind: 'dropped'; readonly event: Event; readonly why: 'overflow' | 'size'; readonly dropped: number }
  | { readonly kind: 'violated'; readonly process: string; readonly reason: string };

/** One event in this pool. The serial stays with it when it is sent again. */
interface Entry {
  readonly event: Event;
  readonly poolSerial: number;
}

interface Slot {
  readonly member: Member;
  listener: Listener;
  /** What it is busy with. */
  entry: Entry | undefined;
  /** Why it is UNKNOWN. */
  why: string | undefined;
}

/**
 * Listeners that share the events of a subscription: each event is for one of them. Events wait in a buffer while none is
 * ready; when it is full, the oldest is dropped. An event that is rejected, or whose listener dies over it, goes back to the
 * head of the buffer and is sent again with the same serials. Supervisor: process.py EventListenerPool.
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

  /** A process is no more of the pool; what it was busy with is for others. */
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

  /** A process of the pool wrote to its stdout. */
  received(process: string, bytes: Uint8Array): void {
    const seat = this.#seats.get(process);
    if (seat === undefined) return;
    this.#input(seat, { kind: 'heard', bytes });
    this.dispatch();
  }

  /** A process was started, or is gone: it begins anew, and what it was busy with is for others. */
  reset(process: string): void {
    const seat = this.#seats.get(process);
    if (seat === undefined) return;
    seat.listener = FRESH;
    seat.why = undefined;
    this.#takeBack(seat);
    this.dispatch();
  }

  /** Sends what waits, as far as there are listeners for it. To be called when a process comes to be RUNNING. */
  dispatch(): void {
    if (this.#isDispatching) return; // told of something while sending: the loop below is still at it
    this.#isDispatching = true;
    try {
      for (const seat of this.#seats.values()) this.#offer(seat);
    } finally {
      this.#isDispatching = false;
    }
  }

  /** The oldest event, to a listener that is ready for it. */
  #offer(seat: Slot): void {
    if (seat.listener.state !== 'READY' || !seat.member.canReceive()) return;
    for (let entry = this.#buffer.shift(); entry !== undefined; entry = this.#buffer.shift()) {
      const sent = seat.member.send(this.#envelope(entry));
      if (sent === 'full') {
        // A listener that is ready has read all that it was sent before. So this event alone is too much, for ever.
        this.#drop(entry, 'size');
        continue;
      }
      if (sent === 'closed') {
        this.#buffer.unshift(entry); // it is about to exit: for somebody else
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
    // A result and the READY after it may come in one piece; the state between them is announced all the same.
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

  /** The header counts characters, not bytes: listeners in the field read text. */
  #envelope({ event, poolSerial }: Entry): Uint8Array {
    const { name, server } = this.#options;
    return Buffer.from(
      `ver:3.0 server:${server} serial:${event.serial} pool:${name} poolserial:${poolSerial} ` +
        `eventname:${event.type} len:${characters(event.payload)}\n${event.payload}`,
    );
  }
}
