import {
  describeExit,
  namespec,
  perSupervisor,
  type ProcessView,
  type Supervisor,
  type Timer,
} from '../../core/index.ts';
import { loggingService } from '../output/logging/index.ts';
import { Flapping } from './flapping.ts';
import { healthOf, type Health } from './health.ts';
import { getControlHooks } from './hooks.ts';

declare module '../../core/index.ts' {
  interface EventMap {
    /** Trouble that is not visible in the state of a process began or ended: it flaps, or a plugin reports trouble. */
    'process:health': { readonly process: ProcessView; readonly trouble: string | undefined };
    /** The answer of a plugin to the hook `trouble` may have changed for this process. */
    'process:trouble': { readonly process: ProcessView };
  }
}

/** How often processes in trouble are checked again. */
const AGAIN_MS = 5_000;

/**
 * Knows the health of every process. Emits `process:health` when trouble begins or ends that is not visible in the
 * state. A timer runs only during such trouble.
 */
class HealthWatch {
  readonly #supervisor: Supervisor;
  readonly #flapping = new Flapping();
  /** Processes in trouble, as last reported. */
  readonly #troubled = new Set<string>();
  #timer: Timer | undefined;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
    const { events, clock } = supervisor;
    const plugin = 'health';
    const ended = (process: ProcessView, reason: string): void => {
      this.#flapping.ended(namespec(process), reason, clock.now());
      this.#look(process);
    };
    events.on('process:exited', ({ process, asked, exit }) => !asked && ended(process, describeExit(exit)), plugin);
    events.on('process:spawn-failed', ({ process, reason }) => ended(process, reason), plugin);
    events.on('process:state', ({ process }) => this.#changed(process), plugin);
    events.on('process:trouble', ({ process }) => this.#look(process), plugin);
    // For any log: only the plugin that owns the log knows which programs write to it.
    const lookAtAll = (): void => supervisor.processes.forEach(({ view }) => this.#look(view));
    events.on('log:blocked', lookAtAll, plugin);
    events.on('log:unblocked', lookAtAll, plugin);
    events.on('process:removed', ({ process }) => this.#forget(namespec(process)), plugin);
    events.on('supervisor:state', ({ to }) => to === 'stopping' && this.#close(), plugin);
  }

  of(view: ProcessView): Health {
    return healthOf(view, {
      flapping: this.#flapping.report(namespec(view), this.#supervisor.clock.now()),
      reported:
        getControlHooks(this.#supervisor).trouble.call(view) ?? this.#supervisor.use(loggingService)?.blockOf(view),
    });
  }

  /** Checks a process after an event that may begin or end trouble. */
  #look(process: ProcessView): void {
    const name = namespec(process);
    const { trouble } = this.of(process);
    if (trouble !== undefined) this.#arm();
    if (this.#troubled.has(name) === (trouble !== undefined)) return;
    if (trouble === undefined) this.#troubled.delete(name);
    else this.#troubled.add(name);
    this.#supervisor.events.emit('process:health', { process, trouble });
  }

  #changed(process: ProcessView): void {
    const { state } = process;
    if (state === 'STOPPED' || state === 'FATAL') this.#flapping.forget(namespec(process));
    if (this.#troubled.has(namespec(process))) this.#look(process);
  }

  #arm(): void {
    if (this.#supervisor.state === 'stopping' || this.#supervisor.state === 'stopped') return;
    this.#timer ??= this.#supervisor.clock.setTimer(AGAIN_MS, () => {
      this.#timer = undefined;
      for (const name of this.#troubled) {
        const process = this.#supervisor.find(name);
        if (process === undefined) this.#troubled.delete(name);
        else this.#look(process.view);
      }
    });
  }

  #forget(name: string): void {
    this.#flapping.forget(name);
    this.#troubled.delete(name);
  }

  #close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

/** The health watch of a supervisor. Call it in `apply`: counting starts then. */
export const healthWatchOf = perSupervisor((supervisor) => new HealthWatch(supervisor));
