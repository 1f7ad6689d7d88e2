import type { Clock } from '../../../core/index.ts';

/** Limits on password checks. */
export interface GuessLimits {
  /** Wrong passwords of one address at once; then one more per `refillMs`. */
  readonly burst: number;
  readonly refillMs: number;
  /** The limit per address while all addresses together exceed `overall`. */
  readonly pressed: { readonly burst: number; readonly refillMs: number };
  readonly overall: { readonly burst: number; readonly refillMs: number };
  /** The number of addresses that are remembered. Beyond it the one with the oldest wrong password is forgotten. */
  readonly addresses: number;
}

export const GUESS_LIMITS: GuessLimits = {
  burst: 10,
  refillMs: 1_000,
  pressed: { burst: 2, refillMs: 10_000 },
  overall: { burst: 100, refillMs: 500 },
  addresses: 1_024,
};

/**
 * Slows down clients that guess passwords. Only wrong passwords count, per address. After too many, passwords from that
 * address are not checked for a while, right or wrong: otherwise the response would reveal a right one. Other addresses
 * are not affected, so an attacker cannot lock out an administrator elsewhere. When very many addresses guess, each has
 * fewer tries.
 */
export class Guesses {
  readonly #clock: Clock;
  readonly #limits: GuessLimits;
  /** The guesses left at the last wrong password of each address, oldest first. */
  readonly #left = new Map<string, Bucket>();
  #overall: Bucket;

  constructor(clock: Clock, limits: GuessLimits = GUESS_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
    this.#overall = { left: limits.overall.burst, at: clock.now() };
  }

  /** 0: a password from this address is checked. Otherwise the time until the next check. */
  waitMs(address: string): number {
    const known = this.#left.get(address);
    if (known === undefined) return 0;
    const bounds = this.#bounds();
    const left = this.#now(known, bounds);
    return left >= 1 ? 0 : (1 - left) * bounds.refillMs;
  }

  /** A password from this address was wrong. */
  failed(address: string): void {
    const bounds = this.#bounds();
    const before = this.#left.get(address) ?? { left: bounds.burst, at: this.#clock.now() };
    this.#left.delete(address);
    this.#left.set(address, this.#less(before, bounds));
    this.#overall = this.#less(this.#overall, this.#limits.overall);
    if (this.#left.size <= this.#limits.addresses) return;
    for (const oldest of this.#left.keys()) return void this.#left.delete(oldest);
  }

  get #isPressed(): boolean {
    return this.#now(this.#overall, this.#limits.overall) < 1;
  }

  #bounds(): Bounds {
    return this.#isPressed ? this.#limits.pressed : this.#limits;
  }

  #less(bucket: Bucket, bounds: Bounds): Bucket {
    return { left: Math.max(0, this.#now(bucket, bounds) - 1), at: this.#clock.now() };
  }

  #now({ left, at }: Bucket, { burst, refillMs }: Bounds): number {
    return Math.min(burst, left + (this.#clock.now() - at) / refillMs);
  }
}

interface Bucket {
  readonly left: number;
  readonly at: number;
}

interface Bounds {
  readonly burst: number;
  readonly refillMs: number;
}
