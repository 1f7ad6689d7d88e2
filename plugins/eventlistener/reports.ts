import type { ProcessView } from '../../core/index.ts';
import type { EventType } from './event-types.ts';
import type { ListenerState } from './protocol.ts';

declare module '../../core/index.ts' {
  interface EventMap {
    /** A listener broke the protocol and hears no more events until it is started anew. */
    'listener:violated': ListenerFault;
    /** A pool lost an event. */
    'listener:dropped': PoolLoss;
  }
}

/** A listener as it is at one moment. It is sent events only while its process is RUNNING, too. */
export interface ListenerReport {
  readonly state: ListenerState;
  /** Why it is UNKNOWN, in words: `wrote "HELLO\n" instead of READY`. */
  readonly why: string | undefined;
}

/** A pool as it is at one moment. */
export interface PoolReport {
  /** Events that wait for a listener. */
  readonly buffered: number;
  /** `buffer_size`. */
  readonly bufferSize: number;
  /** Events lost since the pool is in use. */
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
  /** `overflow`: newer ones needed the room; `size`: it is larger than what may wait for a listener's stdin. */
  readonly why: 'overflow' | 'size';
  /** Losses of this pool so far, this one included. */
  readonly dropped: number;
}

/** What a listener answered to an event, for who judges it. */
export interface ListenerResult {
  readonly pool: string;
  /** The name of the process. */
  readonly process: string;
  readonly type: EventType;
  readonly serial: number;
  readonly payload: string;
  readonly result: Uint8Array;
}
