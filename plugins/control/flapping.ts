/** A process flaps when it exits this often within this time without a request. The defaults of the plugin `notify`. */
const FLAP_ENDS = 5;
const FLAP_MS = 60_000;

/** A process that flaps. */
export interface FlapReport {
  /** Unrequested exits and failed starts since the series began. */
  readonly ends: number;
  /** The time from the first to the last of them. */
  readonly seconds: number;
  /** The last exit: `exit status 1`. */
  readonly reason: string;
}

/** Exits of one process that follow each other within FLAP_MS. */
interface Series {
  readonly firstMs: number;
  readonly ends: number;
  readonly reason: string;
  /** The times of the last exits, oldest first; at most FLAP_ENDS. */
  readonly recent: readonly number[];
  readonly isFlapping: boolean;
}

/**
 * Finds processes that exit again and again. Times are on the monotonic clock. Keeps at most one series per process.
 */
export class Flapping {
  readonly #series = new Map<string, Series>();

  /** The process exited or could not be started, without a request to stop. */
  ended(process: string, reason: string, nowMs: number): void {
    const known = this.#seriesOf(process, nowMs);
    const recent = [...(known?.recent ?? []), nowMs].slice(-FLAP_ENDS);
    this.#series.set(process, {
      firstMs: known?.firstMs ?? nowMs,
      ends: (known?.ends ?? 0) + 1,
      reason,
      recent,
      isFlapping: known?.isFlapping === true || (recent.length === FLAP_ENDS && nowMs - (recent[0] ?? 0) <= FLAP_MS),
    });
  }

  /** `undefined`: it does not flap, or has not exited for FLAP_MS. */
  report(process: string, nowMs: number): FlapReport | undefined {
    const series = this.#seriesOf(process, nowMs);
    if (series?.isFlapping !== true) return undefined;
    const { ends, firstMs, reason } = series;
    return { ends, seconds: Math.round(((series.recent.at(-1) ?? nowMs) - firstMs) / 1000), reason };
  }

  /** It was stopped or removed. */
  forget(process: string): void {
    this.#series.delete(process);
  }

  #seriesOf(process: string, nowMs: number): Series | undefined {
    const series = this.#series.get(process);
    return series !== undefined && nowMs - (series.recent.at(-1) ?? 0) <= FLAP_MS ? series : undefined;
  }
}
