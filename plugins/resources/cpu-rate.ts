/** A look at the processor time of a child. */
export interface CpuSample {
  /** Of the child; another one begins anew. */
  readonly pid: number;
  readonly cpuSeconds: number;
  /** By the monotonic clock. */
  readonly atMs: number;
}

/** How much processor a child takes: what it used between two looks, by the time between them. One for each process. */
export class CpuRate {
  #last: CpuSample | undefined;

  /** As a fraction of one core, so 2 cores are 2; `undefined` at the first look at a child, or when no time has passed. */
  next(sample: CpuSample): number | undefined {
    const last = this.#last;
    this.#last = sample;
    if (last === undefined || last.pid !== sample.pid || sample.atMs <= last.atMs) return undefined;
    // The sum falls when a process ends for which nobody waits: its time is lost then.
    const used = Math.max(0, sample.cpuSeconds - last.cpuSeconds);
    return (used * 1000) / (sample.atMs - last.atMs);
  }
}
