import type { Sample } from './family.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Counts durations in buckets. prom-client's own histogram is not used: it is imported at the first scrape, and earlier
 * values would be missing.
 */
export class DurationHistogram {
  /** Upper bounds of the buckets in seconds, ascending; an unbounded one follows. */
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(seconds: number): void {
    const bucket = this.#bounds.findIndex((bound) => seconds <= bound);
    const index = bucket === -1 ? this.#bounds.length : bucket;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += seconds;
  }

  /** As the format requires: cumulative buckets, the sum, the count. */
  samples(labels: Labels = {}): Sample[] {
    let below = 0;
    const buckets = this.#counts.map((count, index): Sample => {
      below += count;
      const le = String(this.#bounds[index] ?? '+Inf');
      return { suffix: '_bucket', labels: { ...labels, le }, value: below };
    });
    return [...buckets, { suffix: '_sum', labels, value: this.#sum }, { suffix: '_count', labels, value: below }];
  }
}
