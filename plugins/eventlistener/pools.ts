import type { EventName } from './options.ts';
import { reachedBy, type EventType } from './event-types.ts';
import type { Pool } from './pool.ts';

/** The pools in use, by the name of their group, and the one place that hands events to them. */
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
   * An event for every pool that subscribed to its type, with one serial in all of them. An event that nobody wants has no
   * serial, and its text is not even made.
   */
  publish(type: EventType, payload: () => string): void {
    const interested = [...this.#pools.values()].filter(({ types }) => types.has(type));
    if (interested.length === 0) return;
    this.#serial += 1;
    const event = { type, payload: payload(), serial: this.#serial };
    for (const { pool } of interested) pool.accept(event);
  }
}
