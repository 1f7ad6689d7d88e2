/** A process flaps when it ends this often within the time, and nobody asked it to. The defaults of the plugin `notify`. */
const FLAP_ENDS = 5;
const FLAP_MS = 60_000;

/** A process that flaps. */
export interface FlapReport {
  /** Ends that nobody asked for, failed starts among them, since the series began. */
  readonly ends: number;
  /** From the first of them to the last. */
  readonly seconds: number;
  /** How it ended the last time: `exit status 1`. */
  readonly reason: string;
}

/** Ends of one process that follow each other within FLAP_MS. */
interface Series {
  readonly firstMs: number;
  readonly ends: number;
  readonly reason: string;
  /** The last ones, oldest first; at most FLAP_ENDS. */
  readonly recent: readonly number[];
  readonly isFlapping: boolean;
}

/** Finds the processes that end again and again. Times are of the monotonic clock. Keeps one series a process at most. */
export class Flapping {
  readonly #series = new Map<string, Series>();

  /** The process ended, or could not be started, and nobody asked for it. */
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

  /** `undefined`: it does not flap, or has not ended for FLAP_MS. */
  report(process: string, nowMs: number): FlapReport | undefined {
    const series = this.#seriesOf(process, nowMs);
    if (series?.isFlapping !== true) return undefined;
    const { ends, firstMs, reason } = series;
    return { ends, seconds: Math.round(((series.recent.at(-1) ?? nowMs) - firstMs) / 1000), reason };
  }

  /** Somebody stopped it, or it is gone. */
  forget(process: string): void {
    this.#series.delete(process);
  }

  #seriesOf(process: string, nowMs: number): Series | undefined {
    const series = this.#series.get(process);
    return series !== undefined && nowMs - (series.recent.at(-1) ?? 0) <= FLAP_MS ? series : undefined;
  }
}
