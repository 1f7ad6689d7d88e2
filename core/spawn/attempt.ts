import type { ProcessConfig } from '../config.ts';
import { reasonOf } from '../errors.ts';
import type { ProcessContext } from '../process-context.ts';
import type { ProcessView } from '../process-view.ts';
import { failureOf, findCommand } from './command.ts';
import { childEnvironment, initialPlan, type SpawnPlan } from './plan.ts';
import { SpawnRefusal } from './refusal.ts';
import type { SpawnResult } from './spawner.ts';

/** The process to spawn a child for, and the callback for the result. */
export interface AttemptOptions {
  readonly view: ProcessView;
  readonly config: ProcessConfig;
  readonly context: ProcessContext;
  /** Called once, unless the attempt is cancelled before. */
  readonly done: (result: SpawnResult) => void;
}

/**
 * One attempt to spawn a child: the plan, the `spawn` taps, the spawner. Once it is over, by itself or because the
 * process was stopped, later results are ignored: a child that is spawned anyway is killed.
 */
export class SpawnAttempt {
  /** Resolves when it is over. */
  readonly settled: Promise<void>;
  readonly #options: AttemptOptions;
  readonly #closers: ((isTaken: boolean) => void)[] = [];
  #settle = (): void => undefined;
  #isOver = false;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
  }

  /** Without asynchronous taps, `done` is called before this returns. */
  begin(): void {
    const { view, context } = this.#options;
    let plan: SpawnPlan;
    try {
      plan = this.#firstPlan();
    } catch (error) {
      return this.#finish({ kind: 'failed', reason: reasonOf(error), failure: failureOf(error) });
    }
    context.hooks.spawn.callAsync(plan, view, (error, final = plan) => {
      if (error) this.#finish(refused(error));
      else if (this.#isOver) this.#finish({ kind: 'failed', reason: 'stopped before it was spawned' });
      else this.#spawn(final);
    });
    return undefined;
  }

  /** A spawner that throws has spawned no child: only this start fails. */
  #spawn(plan: SpawnPlan): void {
    let isAnswered = false;
    try {
      this.#options.context.spawner.spawn(plan, (result) => {
        isAnswered = true;
        this.#finish(result);
      });
    } catch (error) {
      if (isAnswered) throw error;
      this.#finish({ kind: 'failed', reason: reasonOf(error) });
    }
  }

  /** Ends the attempt. Waiting callers continue. */
  end(): void {
    this.#isOver = true;
    this.#settle();
  }

  #firstPlan(): SpawnPlan {
    const { view, config, context } = this.#options;
    const environment = childEnvironment(context.env, config, view.group, context.serverurl());
    return initialPlan(findCommand(config, environment), config, environment, (close) => {
      this.#closers.push(close);
    });
  }

  #finish(result: SpawnResult): void {
    const isTaken = result.kind === 'child' && !this.#isOver;
    for (const close of this.#closers) close(isTaken);
    if (!this.#isOver) return this.#options.done(result);
    // A child that was spawned in spite of that must not be left behind.
    if (result.kind === 'child') result.child.signal('SIGKILL', true);
    return undefined;
  }
}

function refused(error: Error): SpawnResult {
  const failure = error instanceof SpawnRefusal ? { failure: error.failure } : {};
  return { kind: 'failed', reason: reasonOf(error), ...failure };
}
