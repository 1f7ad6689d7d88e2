import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { reasonOf } from '../../../core/index.ts';

/**
 * The addresses of the hosts that sockets are bound to. They are resolved when a configuration is read, because the
 * start of a process cannot wait for it. A host that was not found is resolved again for the next attempt.
 */
export class Addresses {
  readonly #found = new Map<string, { readonly address: string } | { readonly fault: string }>();

  async learn(hosts: Iterable<string>): Promise<void> {
    await Promise.all([...hosts].filter((host) => !isIPv4(host)).map((host) => this.#look(host)));
  }

  /** @throws if there is none. */
  get(host: string): string {
    if (isIPv4(host)) return host;
    const found = this.#found.get(host);
    if (found !== undefined && 'address' in found) return found.address;
    void this.#look(host);
    throw new Error(found?.fault ?? 'it is being looked up');
  }

  async #look(host: string): Promise<void> {
    try {
      // Supervisor binds to IPv4 only, too.
      this.#found.set(host, await lookup(host, { family: 4 }));
    } catch (error) {
      this.#found.set(host, { fault: reasonOf(error) });
    }
  }
}
