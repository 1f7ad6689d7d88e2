/** A sample of the processor time of a child. */
export interface CpuSample {
  /** The pid of the child; a new child starts a new rate. */
  readonly pid: number;
  readonly cpuSeconds: number;
  /** On the monotonic clock. */
  readonly atMs: number;
}

/**
 * The CPU usage of a child: the processor time between two samples, divided by the time between them. One object per
 * process.
 */
export class CpuRate {
  #last: CpuSample | undefined;

  /**
   * As a fraction of one core, so 2 cores are 2; `undefined` at the first sample of a child, or if no time has passed.
   */
  next(sample: CpuSample): number | undefined {
    const last = this.#last;
    this.#last = sample;
    if (last === undefined || last.pid !== sample.pid || sample.atMs <= last.atMs) return undefined;
    // The sum decreases when a process exits that is not waited for: its time is lost then.
    const used = Math.max(0, sample.cpuSeconds - last.cpuSeconds);
    return (used * 1000) / (sample.atMs - last.atMs);
  }
}
