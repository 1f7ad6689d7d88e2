import { countDescriptors, mayOpen, type DescriptorCount, type DescriptorUse } from '../../../core/index.ts';
import type { Connections } from './connections.ts';

/** Descriptors that a spawn uses for a moment: both ends of three pipes, logs, and those of the spawn itself. */
const SPAWN_NEEDS = 12;

export interface DescriptorRoomOptions {
  /** How many connections over TCP may use the reserve. */
  readonly fewConnections: number;
  /** Called when connections are first refused for lack of descriptors, and when they are accepted again. */
  readonly report: (is: 'scarce' | 'enough', count: DescriptorCount) => void;
  readonly count?: () => DescriptorCount;
}

/**
 * Decides which connections may keep their descriptor. TCP connections give way to starting programs and to unix
 * sockets: first idle ones, then others. See core/descriptors.ts for what each use leaves free.
 */
export class DescriptorRoom {
  readonly #options: DescriptorRoomOptions;
  readonly #network: Connections[] = [];
  readonly #local: Connections[] = [];
  #isScarce = false;

  constructor(options: DescriptorRoomOptions) {
    this.#options = options;
  }

  /** Connections of one server: over TCP, or to a unix socket. */
  add(type: 'unix' | 'inet', connections: Connections): void {
    (type === 'unix' ? this.#local : this.#network).push(connections);
  }

  /** Whether a connection that was just accepted may stay. It is not among `own` yet. */
  admit(type: 'unix' | 'inet', own: Connections): boolean {
    if (this.#isEnough(type)) return true;
    this.#setScarce(true);
    if (type === 'inet') return own.dropIdle() && this.#isEnough('inet');
    this.#makeRoom('control', 0);
    return mayOpen('control', 0, this.#count());
  }

  /** Before a program is started. */
  makeRoomForProgram(): void {
    if (!this.#hasConnections || mayOpen('programs', SPAWN_NEEDS, this.#count())) return;
    this.#setScarce(true);
    this.#makeRoom('programs', SPAWN_NEEDS);
  }

  /** `accept` failed in spite of the reserve: other code has taken the descriptors. */
  failed(): void {
    this.#setScarce(true);
  }

  #makeRoom(use: DescriptorUse, needs: number): void {
    while (!mayOpen(use, needs, this.#count()) && this.#drop());
  }

  #isEnough(type: 'unix' | 'inet'): boolean {
    const count = this.#count();
    // Not at the first free descriptor: otherwise a flood at the limit would fill the log with both lines.
    if (mayOpen('network', reserveMargin(count), count)) this.#setScarce(false);
    if (type === 'unix') return mayOpen('control', 0, count);
    const isOneOfFew = this.#networkSize < this.#options.fewConnections;
    return mayOpen(isOneOfFew ? 'few' : 'network', 0, count);
  }

  /** Closes one connection, the least important first. Requests that came by a unix socket are carried out. */
  #drop(): boolean {
    return (
      this.#network.some((connections) => connections.dropIdle()) ||
      this.#network.some((connections) => connections.dropBusy()) ||
      this.#local.some((connections) => connections.dropIdle())
    );
  }

  get #hasConnections(): boolean {
    return this.#networkSize > 0 || this.#local.some(({ size }) => size > 0);
  }

  get #networkSize(): number {
    return this.#network.reduce((sum, { size }) => sum + size, 0);
  }

  #count(): DescriptorCount {
    return (this.#options.count ?? countDescriptors)();
  }

  #setScarce(isScarce: boolean): void {
    if (isScarce === this.#isScarce) return;
    this.#isScarce = isScarce;
    this.#options.report(isScarce ? 'scarce' : 'enough', this.#count());
  }
}

function reserveMargin({ limit }: DescriptorCount): number {
  return limit === Infinity ? 0 : Math.min(16, Math.floor(limit / 32));
}
