import type { ProcessView } from '../../../core/index.ts';
import type { EventType } from './event-types.ts';
import type { ListenerState } from './protocol.ts';

declare module '../../../core/index.ts' {
  interface EventMap {
    /** A listener broke the protocol and receives no more events until it is restarted. */
    'listener:violated': ListenerFault;
    /** A pool lost an event. */
    'listener:dropped': PoolLoss;
  }
}

/** A snapshot of a listener. It is sent events only while its process is RUNNING, too. */
export interface ListenerReport {
  readonly state: ListenerState;
  /** Why it is UNKNOWN: `wrote "HELLO\n" instead of READY`. */
  readonly why: string | undefined;
}

/** A snapshot of a pool. */
export interface PoolReport {
  /** Events that wait for a listener. */
  readonly buffered: number;
  /** `buffer_size`. */
  readonly bufferSize: number;
  /** Events lost since the pool was added. */
  readonly dropped: number;
}

/** How a listener broke the protocol. */
export interface ListenerFault {
  readonly process: ProcessView;
  readonly reason: string;
}

/** An event that no listener of a pool will get. */
export interface PoolLoss {
  readonly pool: string;
  readonly type: EventType;
  readonly serial: number;
  /** `overflow`: the buffer was full; `size`: the event is larger than the buffer of a listener's stdin. */
  readonly why: 'overflow' | 'size';
  /** Losses of this pool so far, this one included. */
  readonly dropped: number;
}

/** The answer of a listener to an event, for the hook that judges it. */
export interface ListenerResult {
  readonly pool: string;
  /** The name of the process. */
  readonly process: string;
  readonly type: EventType;
  readonly serial: number;
  readonly payload: string;
  readonly result: Uint8Array;
}
