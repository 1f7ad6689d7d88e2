import { tsvError } from './errors.ts';

declare const TYPE: unique symbol;

/** Names a service, and carries its type. */
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

/** The services of one supervisor. They are known by name, so that two copies of a package mean the same one. */
export class Services {
  readonly #provided = new Map<string, unknown>();

  provide<Service>({ name }: ServiceKey<Service>, implementation: NoInfer<Service>): void {
    if (this.#provided.has(name)) throw tsvError('TSV_SERVICE_TWICE', [name]);
    this.#provided.set(name, implementation);
  }

  use<Service>({ name }: ServiceKey<Service>): Service | undefined {
    // What is under the name was provided with a key of this type.
    return this.#provided.get(name) as Service | undefined;
  }
}
