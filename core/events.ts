import mittModule from 'mitt';
import type { Cause } from './cause.ts';
import type { Exit } from './exit.ts';
import type { State } from './machine/state.ts';
import type { ProcessView } from './process-view.ts';

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
  /** A start failed before there was a child. */
  'process:spawn-failed': { readonly process: ProcessView; readonly reason: string };
  /** A child is gone, and the new state is in place. `asked`: somebody had it stopped. `livedMs`: since its spawn. */
  'process:exited': {
    readonly process: ProcessView;
    readonly pid: number;
    readonly exit: Exit;
    readonly expected: boolean;
    readonly asked: boolean;
    readonly livedMs: number;
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
  'process:added': { readonly process: ProcessView };
  'process:removed': { readonly process: ProcessView };
  'group:added': { readonly group: string };
  'group:removed': { readonly group: string };
  /** The supervisor as a whole; `stopping` begins before the first process is asked to stop. */
  'supervisor:state': { readonly from: SupervisorState; readonly to: SupervisorState };
  /** Processes that a shutdown still waits for, when it begins and whenever it takes long. */
  'supervisor:waiting': { readonly names: readonly string[] };
  /** Something that cannot happen did, and was survived. */
  'supervisor:error': { readonly where: string; readonly error: unknown };
  /** A tap or listener threw or missed its deadline. `count`: of this plugin at this place so far. */
  'plugin:error': { readonly plugin: string; readonly where: string; readonly error: unknown; readonly count: number };
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
  readonly #faults = new Map<string, number>();

  /** Calls `listener` at every event of that name. Returns its undo. `plugin` names the listener in reports. */
  on<Name extends keyof EventMap>(name: Name, listener: Listener<Name>, plugin = 'listener'): () => void {
    const isolated: Listener<Name> = (payload) => {
      try {
        listener(payload);
      } catch (error) {
        this.#report(plugin, name, error);
      }
    };
    this.#emitter.on(name, isolated);
    return () => this.#emitter.off(name, isolated);
  }

  emit<Name extends keyof EventMap>(name: Name, payload: EventMap[Name]): void {
    Object.freeze(payload);
    this.#emitter.emit(name, payload);
  }

  /** Whether anybody listens: lets a hot path leave out work that nobody would see. */
  hasListeners(name: keyof EventMap): boolean {
    return (this.#emitter.all.get(name)?.length ?? 0) > 0;
  }

  #report(plugin: string, name: string, error: unknown): void {
    // A reporter that throws must not be reported to itself.
    if (name === 'plugin:error') return;
    const where = `event ${name}`;
    const count = (this.#faults.get(`${plugin} ${where}`) ?? 0) + 1;
    this.#faults.set(`${plugin} ${where}`, count);
    this.emit('plugin:error', { plugin, where, error, count });
  }
}
