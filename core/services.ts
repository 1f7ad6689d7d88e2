declare const TYPE: unique symbol;

/** Names a service, and carries its type. Keys are compared by name: two copies of a package mean the same service. */
export interface ServiceKey<Service> {
  readonly name: string;
  /** Never there: it ties the key to the type. */
  readonly [TYPE]?: Service;
}

/**
 * The key of a service: what one plugin does for others on request. A plugin exports it together with the interface:
 *
 *     export const clockService = service<{ now(): string }>('clock');
 *
 * One plugin calls `supervisor.provide(clockService, …)` in `apply`. Others call `supervisor.use(clockService)?.now()` when
 * they need it, and not in `apply`: then the order of the plugins does not matter.
 */
export function service<Service>(name: string): ServiceKey<Service> {
  return Object.freeze({ name });
}
