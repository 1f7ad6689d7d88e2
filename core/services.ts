declare const TYPE: unique symbol;

/** The name of a service, with its type. Keys are compared by name, so two copies of a package use the same service. */
export interface ServiceKey<Service> {
  readonly name: string;
  /** Never set. It ties the key to the type. */
  readonly [TYPE]?: Service;
}

/**
 * The key of a service, which one plugin provides to others. The plugin exports it together with the interface:
 *
 *     export const clockService = service<{ now(): string }>('clock');
 *
 * One plugin calls `supervisor.provide(clockService, …)` in `apply`. Others call `supervisor.use(clockService)?.now()`
 * when they need it, and not in `apply`. Then the order of the plugins does not matter.
 */
export function service<Service>(name: string): ServiceKey<Service> {
  return Object.freeze({ name });
}
