import type { Child, Exit, RunUsage, SpawnPlan, Spawner, SpawnResult } from '../index.ts';

/** A child without a process. It exits when the test says so, and records the signals that it was sent. */
export class FakeChild implements Child {
  readonly pid: number;
  readonly plan: SpawnPlan;
  readonly signals: { signal: NodeJS.Signals; asGroup: boolean }[] = [];
  isGone = false;
  /** Thrown by the next signal. */
  refusal: Error | undefined;
  #callbacks: Parameters<Child['onExit']>[0][] = [];

  constructor(pid: number, plan: SpawnPlan) {
    this.pid = pid;
    this.plan = plan;
  }

  onExit(callback: Parameters<Child['onExit']>[0]): void {
    this.#callbacks.push(callback);
  }

  signal(signal: NodeJS.Signals, asGroup: boolean): 'sent' | 'gone' {
    if (this.refusal !== undefined) throw this.refusal;
    this.signals.push({ signal, asGroup });
    return this.isGone ? 'gone' : 'sent';
  }

  exit(exit: Exit = { kind: 'code', code: 0 }, usage?: RunUsage): void {
    this.isGone = true;
    for (const callback of this.#callbacks.splice(0)) callback(exit, usage);
  }
}

/** Spawns {@link FakeChild}ren synchronously, or fails if the test says so. */
export class FakeSpawner implements Spawner {
  readonly children: FakeChild[] = [];
  failure: string | undefined;

  spawn(plan: SpawnPlan, done: (result: SpawnResult) => void): void {
    if (this.failure !== undefined) return done({ kind: 'failed', reason: this.failure });
    const child = new FakeChild(1000 + this.children.length, plan);
    this.children.push(child);
    return done({ kind: 'child', child });
  }

  get last(): FakeChild {
    const child = this.children.at(-1);
    if (child === undefined) throw new Error('nothing was spawned yet');
    return child;
  }

  get living(): FakeChild[] {
    return this.children.filter(({ isGone }) => !isGone);
  }
}
