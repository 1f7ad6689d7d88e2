import mittModule from 'mitt';
import type { Cause } from './cause.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Exit, Verdict } from './exit.ts';
import { FAULT_BUDGET } from './fault-budget.ts';
import { reportIfSlow } from './held-up.ts';
import type { State } from './machine/state.ts';
import type { ProcessView } from './process-view.ts';
import type { FailureKind } from './spawn/failure.ts';

/**
 * Every event, name to payload. An event says what has already happened, once, after the state it describes is in
 * place. Payloads are plain frozen data. A plugin adds its own events by merging into this interface:
 * `declare module 'tsvisor/core' { interface EventMap { 'web:opened': { readonly path: string } } }`.
 */
export interface EventMap {
  /** A process came to another state. `from` and `process.state` differ, always. */
  'process:state': { readonly process: ProcessView; readonly from: State; readonly cause: Cause };
  /** A child exists and has executed its program. */
  'process:spawned': { readonly process: ProcessView; readonly pid: number };
  /** A start failed before there was a child. `verdict`: what becomes of the process. */
  'process:spawn-failed': {
    readonly process: ProcessView;
    readonly reason: string;
    /** Absent where a plugin refused the start. */
    readonly failure?: FailureKind;
    readonly verdict: Verdict;
  };
  /**
   * A child is gone, and the new state is in place. `asked`: somebody had it stopped. `livedMs`: since its spawn.
   * `verdict`: what becomes of the process, and why.
   */
  'process:exited': {
    readonly process: ProcessView;
    readonly pid: number;
    readonly exit: Exit;
    readonly expected: boolean;
    readonly asked: boolean;
    readonly livedMs: number;
    readonly verdict: Verdict;
  };
  /** A signal was sent. `asGroup`: to the whole process group. */
  'process:signalled': {
    readonly process: ProcessView;
    readonly pid: number;
    readonly signal: NodeJS.Signals;
    readonly asGroup: boolean;
    /** `overdue`: SIGKILL after `stopwaitsecs`. */
    readonly why: 'request' | 'stop' | 'overdue' | 'unready';
  };
  /** A process is known from now on; it need not run. */
  'process:added': { readonly process: ProcessView };
  /** A process is gone from the configuration in use, and does not run. Forget what you keep of it. */
  'process:removed': { readonly process: ProcessView };
  /** A group is in use, and so are its processes. */
  'group:added': { readonly group: string };
  /** A group is no longer in use; its processes were removed before. */
  'group:removed': { readonly group: string };
  /** A new configuration is in use, as far as it could be. Names are `group:name`; no values of options are told. */
  'config:reloaded': {
    readonly cause: Cause;
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly restarted: readonly string[];
    /** Those that have it in place; some of it may wait for their next start. */
    readonly changed: readonly string[];
    readonly failed: readonly { readonly name: string; readonly reason: string }[];
  };
  /** The supervisor as a whole; `stopping` begins before the first process is asked to stop. */
  'supervisor:state': { readonly from: SupervisorState; readonly to: SupervisorState };
  /** Processes that a shutdown still waits for, when it begins and whenever it takes long. */
  'supervisor:waiting': { readonly names: readonly string[] };
  /** Something that cannot happen did, and was survived. */
  'supervisor:error': { readonly where: string; readonly error: unknown };
  /** A tap or listener threw or missed its deadline. `count`: in a row, of this tap or listener. */
  'plugin:error': { readonly plugin: string; readonly where: string; readonly error: unknown; readonly count: number };
  /** A call of a tap or listener kept the daemon from everything else for a second or more. */
  'plugin:held-up': { readonly plugin: string; readonly where: string; readonly tookMs: number };
  /** A tap kept failing and is no longer called. */
  'plugin:disabled': { readonly plugin: string; readonly where: string; readonly count: number };
}

/** `starting` until the `start` hook is through; `stopping` from the request to shut down; then `stopped`. */
export type SupervisorState = 'starting' | 'running' | 'stopping' | 'stopped';

export type Listener<Name extends keyof EventMap> = (payload: EventMap[Name]) => void;

// mitt's types describe a CommonJS default export, which NodeNext takes for the namespace; at run time it is the function.
const mitt = mittModule as unknown as typeof mittModule.default;

/**
 * The bus. A listener can change nothing: one that throws is reported as `plugin:error` and hurts neither the emitter
 * nor the other listeners.
 */
export class EventBus {
  // mitt wants a type alias with an index signature; EventMap has to stay an interface, to be merged into.
  readonly #emitter = mitt<{ [Name in keyof EventMap]: EventMap[Name] }>();
  readonly #clock: Clock;
  #isReporting = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Calls `listener` at every event of that name. Returns its undo. `plugin` names the listener in reports; one that fails
   * ten times in a row is not called again (`plugin:disabled`).
   * @throws TypeError for the name `*`: a listener to everything would hear, and multiply, its own faults.
   */
  on<Name extends keyof EventMap>(name: Name, listener: Listener<Name>, plugin = 'listener'): () => void {
    const untyped: string = name; // plugins in JavaScript may say anything
    if (untyped === '*') throw new TypeError("events are listened to by name; '*' is none");
    const off = (): void => this.#emitter.off(name, isolated);
    const isolated = this.isolate(listener, { plugin, where: `event ${name}` }, off);
    this.#emitter.on(name, isolated);
    return off;
  }

  /**
   * A function of a plugin, isolated as every listener is: a fault does not reach the caller, but is reported as `plugin:error`; after
   * ten in a row the function is not called again, and `stop` is.
   */
  isolate<Args extends readonly unknown[]>(
    run: (...args: Args) => void,
    source: Pick<EventMap['plugin:error'], 'plugin' | 'where'>,
    stop?: () => void,
  ): (...args: Args) => void {
    let inARow = 0;
    const failed = (error: unknown): void => {
      inARow += 1;
      if (inARow === FAULT_BUDGET) stop?.();
      this.#report({ ...source, error, count: inARow });
    };
    const heldUp = (tookMs: number): void => {
      // Or a slow listener to this very event would be reported to itself.
      if (source.where !== 'event plugin:held-up') this.emit('plugin:held-up', { ...source, tookMs });
    };
    const call = reportIfSlow(run, this.#clock, heldUp);
    return (...args) => {
      if (inARow >= FAULT_BUDGET) return;
      try {
        const result: unknown = call(...args);
        if (result instanceof Promise) result.catch(failed);
        else inARow = 0;
      } catch (error) {
        failed(error);
      }
    };
  }

  emit<Name extends keyof EventMap>(name: Name, payload: EventMap[Name]): void {
    Object.freeze(payload);
    this.#emitter.emit(name, payload);
  }

  /** Whether anybody listens: lets a hot path leave out work that nobody would see. */
  hasListeners(name: keyof EventMap): boolean {
    return (this.#emitter.all.get(name)?.length ?? 0) > 0;
  }

  #report(fault: EventMap['plugin:error']): void {
    // A reporter that throws must not be reported to itself.
    if (this.#isReporting) return;
    this.#isReporting = true;
    this.emit('plugin:error', fault);
    const { plugin, where, count } = fault;
    if (count === FAULT_BUDGET) this.emit('plugin:disabled', { plugin, where, count });
    this.#isReporting = false;
  }
}
