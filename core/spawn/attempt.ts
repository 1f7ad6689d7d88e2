import type { ProcessConfig } from '../config.ts';
import { reasonOf } from '../errors.ts';
import type { ProcessContext } from '../process-context.ts';
import type { ProcessView } from '../process-view.ts';
import { failureOf, findCommand } from './command.ts';
import { childEnvironment, initialPlan, type SpawnPlan } from './plan.ts';
import { SpawnRefusal } from './refusal.ts';
import type { SpawnResult } from './spawner.ts';

/** Whose child is to be made, and who is told what came of it. */
export interface AttemptOptions {
  readonly view: ProcessView;
  readonly config: ProcessConfig;
  readonly context: ProcessContext;
  /** Called once, unless the attempt is over before. */
  readonly done: (result: SpawnResult) => void;
}

/**
 * One try to make a child: the plan, what plugins make of it, the spawner. Once it is over, by its own end or because the
 * process was stopped meanwhile, nobody is told of what still comes: a child that is made all the same is killed.
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

  /** Without taps that take time, `done` is called before this returns. */
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

  /** A spawner that throws has made no child: this start has failed, and nothing else has. */
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

  /** Whoever waits need not wait any longer. */
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
    // A spawner that made a child all the same must not leave it behind.
    if (result.kind === 'child') result.child.signal('SIGKILL', true);
    return undefined;
  }
}

function refused(error: Error): SpawnResult {
  const failure = error instanceof SpawnRefusal ? { failure: error.failure } : {};
  return { kind: 'failed', reason: reasonOf(error), ...failure };
}
