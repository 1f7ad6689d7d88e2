import type { FullTap, Hook } from './tapable-types.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { TsvError, tsvError, reasonOf } from './errors.ts';
import { FAULT_BUDGET } from './fault-budget.ts';
import { reportIfSlow } from './held-up.ts';

/** Called for every fault of a tap. `count`: faults in a row. `disabled`: the tap will not be called again. */
export type FaultReport = (fault: {
  readonly plugin: string;
  readonly where: string;
  readonly error: unknown;
  readonly count: number;
  readonly disabled: boolean;
}) => void;

/** Called for every tap call that blocked the daemon for too long. */
type HeldUpReport = (call: { readonly plugin: string; readonly where: string; readonly tookMs: number }) => void;

/** What a fault of a tap does. */
export interface Terms {
  /** `pass`: a fault counts as "no opinion". `fail`: it fails the operation that the hook protects. */
  readonly onFault: 'pass' | 'fail';
  /**
   * Errors by which a tap refuses. Such an error is an answer, not a fault, and reaches the caller unchanged. Default:
   * none.
   */
  readonly isRefusal?: (error: unknown) => boolean;
  /**
   * The values that a tap may return, besides `undefined`. Any other value is a fault of that tap and does not reach
   * the next one.
   */
  readonly accepts?: (answer: unknown) => boolean;
}

export interface Contract extends Terms {
  readonly deadlineMs?: number;
  readonly clock: Clock;
  readonly report: FaultReport;
  readonly reportHeldUp?: HeldUpReport;
}

/**
 * Wraps every tap of a hook in the hook's contract: the tap's name in each error, isolation, the deadline, the fault
 * budget. The only place that does so.
 */
export function guardHook<Guarded extends Hook>(hook: Guarded, contract: Contract): Guarded {
  hook.intercept({ register: (tap) => ({ ...tap, fn: guardTap(tap, hook.name ?? 'hook', contract) }) });
  return hook;
}

type Run = (...args: readonly unknown[]) => unknown;

function guardTap(tap: FullTap, hookName: string, contract: Contract): Run {
  // tapable types a tap's function as `Function`; its `type` says which of the three calls below applies.
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

/** Counts and reports the faults of one tap, and returns what the contract makes of a fault. */
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

  /** The answer, if the hook accepts it. */
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

/** A fault that the guard itself detected; any other error was thrown by the tap. */
function isOwnFault(error: unknown): boolean {
  return error instanceof TsvError && ['TSV_TAP_PROMISE', 'TSV_TAP_DEADLINE', 'TSV_TAP_ANSWER'].includes(error.code);
}

/** The beginning of an answer, for a message. */
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
