import mittModule from 'mitt';
import type { Cause } from './cause.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Exit, RunUsage, Verdict } from './exit.ts';
import { FAULT_BUDGET } from './fault-budget.ts';
import { reportIfSlow } from './held-up.ts';
import type { State } from './machine/state.ts';
import type { ProcessView } from './process-view.ts';
import type { FailureKind } from './spawn/failure.ts';

/**
 * Every event, name to payload. An event reports what has already happened. It is emitted once, after the state that it
 * describes is in place. Payloads are plain frozen data. A plugin adds its own events by merging into this interface:
 * `declare module 'tsvisor/core' { interface EventMap { 'web:opened': { readonly path: string } } }`.
 */
export interface EventMap {
  /** A process changed its state. `from` and `process.state` always differ. */
  'process:state': { readonly process: ProcessView; readonly from: State; readonly cause: Cause };
  /** A child exists and has executed its program. */
  'process:spawned': { readonly process: ProcessView; readonly pid: number };
  /**
   * What another daemon did with this process is carried on, in the state of the event. `pid`: of a child that was taken
   * over, or 0.
   */
  'process:resumed': { readonly process: ProcessView; readonly pid: number };
  /** A start failed before a child existed. `verdict`: what happens to the process next. */
  'process:spawn-failed': {
    readonly process: ProcessView;
    readonly reason: string;
    /** Absent if a plugin refused the start. */
    readonly failure?: FailureKind;
    readonly verdict: Verdict;
  };
  /**
   * A child exited, and the new state is in place. `asked`: the exit was requested by a stop. `livedMs`: time since the
   * spawn. `verdict`: what happens to the process next, and why.
   */
  'process:exited': {
    readonly process: ProcessView;
    readonly pid: number;
    readonly exit: Exit;
    readonly expected: boolean;
    readonly asked: boolean;
    readonly livedMs: number;
    readonly verdict: Verdict;
    readonly usage?: RunUsage;
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
  /** A process was added to the configuration in use. It does not have to run. */
  'process:added': { readonly process: ProcessView };
  /** A process was removed from the configuration in use, and does not run. Drop the data that you keep about it. */
  'process:removed': { readonly process: ProcessView };
  /** A group and its processes were added to the configuration in use. */
  'group:added': { readonly group: string };
  /** A group was removed from the configuration in use. Its processes were removed before. */
  'group:removed': { readonly group: string };
  /**
   * A new configuration is in use. Changes that failed are listed. Names are `group:name`; the event contains no option
   * values.
   */
  'config:reloaded': {
    readonly cause: Cause;
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly restarted: readonly string[];
    /** Processes that were reconfigured in place. Some of their changes may take effect at the next start. */
    readonly changed: readonly string[];
    readonly failed: readonly { readonly name: string; readonly reason: string }[];
  };
  /** The state of the supervisor changed. `stopping` begins before the first process is asked to stop. */
  'supervisor:state': { readonly from: SupervisorState; readonly to: SupervisorState };
  /**
   * The processes that a shutdown still waits for. Emitted when the shutdown begins, and repeatedly while it takes
   * long.
   */
  'supervisor:waiting': { readonly names: readonly string[] };
  /** A condition that should be impossible occurred, and the supervisor continued. */
  'supervisor:error': { readonly where: string; readonly error: unknown };
  /** A tap or listener threw or missed its deadline. `count`: faults in a row of this tap or listener. */
  'plugin:error': { readonly plugin: string; readonly where: string; readonly error: unknown; readonly count: number };
  /** A call of a tap or listener blocked the daemon for a second or more. */
  'plugin:held-up': { readonly plugin: string; readonly where: string; readonly tookMs: number };
  /** A tap or listener failed too often in a row and is no longer called. */
  'plugin:disabled': { readonly plugin: string; readonly where: string; readonly count: number };
}

/** `starting` until the `start` hook has finished; `stopping` from the request to shut down; then `stopped`. */
export type SupervisorState = 'starting' | 'running' | 'stopping' | 'stopped';

export type Listener<Name extends keyof EventMap> = (payload: EventMap[Name]) => void;

// mitt's types describe a CommonJS default export, which NodeNext takes for the namespace. At run time it is the
// function.
const mitt = mittModule as unknown as typeof mittModule.default;

/**
 * The event bus. A listener cannot influence what happens: one that throws is reported as `plugin:error` and affects
 * neither the emitter nor the other listeners.
 */
export class EventBus {
  // mitt needs a type alias with an index signature. EventMap has to stay an interface, so that plugins can merge into
  // it.
  readonly #emitter = mitt<{ [Name in keyof EventMap]: EventMap[Name] }>();
  readonly #clock: Clock;
  #isReporting = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Calls `listener` for every event of that name. Returns a function that unsubscribes. `plugin` names the listener in
   * reports. A listener that fails ten times in a row is not called again (`plugin:disabled`).
   * @throws TypeError for the name `*`: a listener to all events would receive, and multiply, its own faults.
   */
  on<Name extends keyof EventMap>(name: Name, listener: Listener<Name>, plugin = 'listener'): () => void {
    const untyped: string = name; // plugins in JavaScript may pass any string
    if (untyped === '*') throw new TypeError("events are listened to by name; '*' is none");
    const off = (): void => this.#emitter.off(name, isolated);
    const isolated = this.isolate(listener, { plugin, where: `event ${name}` }, off);
    this.#emitter.on(name, isolated);
    return off;
  }

  /**
   * Isolates a function of a plugin, as every listener is isolated: a fault does not reach the caller but is reported
   * as `plugin:error`. After ten faults in a row the function is not called again, and `stop` is called.
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
      // Otherwise a slow listener of this event would be reported to itself.
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

  /** Whether the event has a listener. Hot paths use it to skip work that no listener needs. */
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
