import type { EventName } from './options.ts';
import { reachedBy, type EventType } from './event-types.ts';
import type { Pool } from './pool.ts';

/** The pools in use, by group name. The only place that passes events to them. */
export class Pools {
  readonly #pools = new Map<string, { readonly pool: Pool; readonly types: ReadonlySet<EventName> }>();
  #serial = -1;

  add(name: string, pool: Pool, subscriptions: readonly EventName[]): void {
    this.#pools.set(name, { pool, types: reachedBy(subscriptions) });
  }

  remove(name: string): void {
    this.#pools.delete(name);
  }

  get(name: string): Pool | undefined {
    return this.#pools.get(name)?.pool;
  }

  wants(type: EventType): boolean {
    return [...this.#pools.values()].some(({ types }) => types.has(type));
  }

  /**
   * Sends an event to every pool that subscribes to its type, with the same serial in all of them. An event without a
   * subscriber gets no serial, and its body is not created.
   */
  publish(type: EventType, payload: () => string): void {
    const interested = [...this.#pools.values()].filter(({ types }) => types.has(type));
    if (interested.length === 0) return;
    this.#serial += 1;
    const event = { type, payload: payload(), serial: this.#serial };
    for (const { pool } of interested) pool.accept(event);
  }
}
