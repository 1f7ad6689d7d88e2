import type { FullTap, Hook } from './tapable-types.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { TsvError, tsvError, reasonOf } from './errors.ts';
import { FAULT_BUDGET } from './fault-budget.ts';
import { reportIfSlow } from './held-up.ts';

/** Called with every fault of a tap. `count`: in a row; `disabled`: it will not be called again. */
export type FaultReport = (fault: {
  readonly plugin: string;
  readonly where: string;
  readonly error: unknown;
  readonly count: number;
  readonly disabled: boolean;
}) => void;

/** Told of every call of a tap that kept the daemon from everything else. */
type HeldUpReport = (call: { readonly plugin: string; readonly where: string; readonly tookMs: number }) => void;

/** What a fault of a tap means for a hook. */
export interface Terms {
  /** `pass`: a fault counts as "no opinion". `fail`: it fails the operation that the hook protects. */
  readonly onFault: 'pass' | 'fail';
  /** Which errors a tap throws to refuse. Such a one is its answer, not a fault: the caller gets it as it is. None, by default. */
  readonly isRefusal?: (error: unknown) => boolean;
  /** What a tap may answer, besides `undefined`; anything else is a fault of that tap, and does not reach the next one. */
  readonly accepts?: (answer: unknown) => boolean;
}

export interface Contract extends Terms {
  readonly deadlineMs?: number;
  readonly clock: Clock;
  readonly report: FaultReport;
  readonly reportHeldUp?: HeldUpReport;
}

/**
 * Puts the contract of a hook around every tap that registers with it: the tap's name in each error, isolation, the
 * deadline, the fault budget. The only place that does so.
 */
export function guardHook<Guarded extends Hook>(hook: Guarded, contract: Contract): Guarded {
  hook.intercept({ register: (tap) => ({ ...tap, fn: guardTap(tap, hook.name ?? 'hook', contract) }) });
  return hook;
}

type Run = (...args: readonly unknown[]) => unknown;

function guardTap(tap: FullTap, hookName: string, contract: Contract): Run {
  // tapable types a tap's function as `Function`; by its `type` it is called in one of the three ways below.
  const where = `hook ${hookName}`;
  const run = reportIfSlow(tap.fn as Run, contract.clock, (tookMs) =>
    contract.reportHeldUp?.({ plugin: tap.name, where, tookMs }),
  );
  const ledger = new Ledger(tap.name, where, contract);

  switch (tap.type) {
    case 'sync':
      return (...args) => {
        if (ledger.isDisabled) return undefined;
        try {
          const answer = run(...args);
          if (answer instanceof Promise) {
            answer.catch(() => undefined); // reported below, once
            throw tsvError('TSV_TAP_PROMISE', [tap.name, hookName]);
          }
          return ledger.accepted(answer, hookName);
        } catch (error) {
          return ledger.failed(error, hookName);
        }
      };
    case 'promise':
      return async (...args) => {
        if (ledger.isDisabled) return undefined;
        try {
          const answer = await inTime(Promise.resolve(run(...args)), tap.name, hookName, contract);
          return ledger.accepted(answer, hookName);
        } catch (error) {
          return ledger.failed(error, hookName);
        }
      };
    case 'async':
      return (...args) => {
        // The last argument of a callback tap is tapable's continuation: (error?, result?) => void.
        const done = args.at(-1) as (error?: unknown, result?: unknown) => void;
        if (ledger.isDisabled) return done();
        const answered = new Promise((resolve, reject) => {
          run(...args.slice(0, -1), (error?: unknown, result?: unknown) => (error ? reject(error) : resolve(result)));
        });
        inTime(answered, tap.name, hookName, contract)
          .then((answer) => ledger.accepted(answer, hookName))
          .then(
            (result) => done(null, result),
            (error: unknown) => {
              try {
                done(null, ledger.failed(error, hookName));
              } catch (fault) {
                done(fault);
              }
            },
          );
        return undefined;
      };
  }
}

/** Counts the faults of one tap, reports them, and answers what the contract makes of one. */
class Ledger {
  readonly #plugin: string;
  readonly #where: string;
  readonly #contract: Contract;
  #inARow = 0;

  constructor(plugin: string, where: string, contract: Contract) {
    this.#plugin = plugin;
    this.#where = where;
    this.#contract = contract;
  }

  get isDisabled(): boolean {
    return this.#contract.onFault === 'pass' && this.#inARow >= FAULT_BUDGET;
  }

  /** The answer, if it is one that the hook can take. */
  accepted(answer: unknown, hookName: string): unknown {
    const { accepts } = this.#contract;
    if (answer !== undefined && accepts !== undefined && !accepts(answer)) {
      throw tsvError('TSV_TAP_ANSWER', [this.#plugin, hookName, shown(answer)]);
    }
    this.#inARow = 0;
    return answer;
  }

  failed(error: unknown, hookName: string): undefined {
    if (this.#contract.isRefusal?.(error) === true && !isOwnFault(error)) throw error;
    this.#inARow += 1;
    this.#contract.report({
      plugin: this.#plugin,
      where: this.#where,
      error,
      count: this.#inARow,
      disabled: this.isDisabled,
    });
    if (this.#contract.onFault === 'pass') return undefined;
    throw tsvError('TSV_TAP_FAILED', [this.#plugin, hookName, reasonOf(error)], error);
  }
}

/** A fault that the guard itself found; anything else was thrown by the tap. */
function isOwnFault(error: unknown): boolean {
  return error instanceof TsvError && ['TSV_TAP_PROMISE', 'TSV_TAP_DEADLINE', 'TSV_TAP_ANSWER'].includes(error.code);
}

/** Enough of an answer to recognise it by. */
function shown(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  return `an object with ${Object.keys(answer).slice(0, 10).join(', ') || 'nothing in it'}`;
}

function inTime<Answer>(answer: Promise<Answer>, plugin: string, hook: string, contract: Contract): Promise<Answer> {
  const { deadlineMs, clock } = contract;
  if (deadlineMs === undefined) return answer;
  return withDeadline(answer, {
    clock,
    deadlineMs,
    late: () => tsvError('TSV_TAP_DEADLINE', [plugin, hook, deadlineMs]),
  });
}
