import { isBoolean, isConfig, isSpawnPlan, isStopPlan, isVerdict } from './hook-answers.ts';
import type { Cause } from './cause.ts';
import type { ProcessConfig, SupervisorConfig } from './config.ts';
import type { Exit, StopPlan, Verdict } from './exit.ts';
import type { HookFactory } from './hook-factory.ts';
import type { ProcessView } from './process-view.ts';
import type { Process } from './process.ts';
import type { ReloadPlan } from './reload/plan.ts';
import type { Child } from './spawn/child.ts';
import type { SpawnPlan } from './spawn/plan.ts';
import { SpawnRefusal } from './spawn/refusal.ts';

/**
 * Where plugins decide. For every hook: when it is called, what a tap may return, what a throw does, and the deadline
 * if the daemon waits. Taps run by `stage`, then in the order of the plugins. A tap is named after its plugin.
 *
 * For all hooks: `undefined` passes (`null` does not). A fault is reported as `plugin:error` with the plugin's name. A
 * return value that the hook does not accept is a fault. Where a fault only means "no opinion", a tap with ten faults
 * in a row is switched off (`plugin:disabled`).
 */
export const createHooks = (hook: HookFactory) =>
  Object.freeze({
    /**
     * A configuration was read: at the start, at every reload, and for every plan that is only shown. In: the
     * configuration. Out: the one to use.
     * Throws: the configuration is refused; a running supervisor keeps its old one. Deadline: 30 s, then the same.
     */
    config: hook.asyncWaterfall<[SupervisorConfig]>('config', ['config'], {
      accepts: isConfig,
      onFault: 'fail',
      deadlineMs: 30_000,
    }),

    /**
     * Once, before the first program is started: servers listen and files open here.
     * Throws: the supervisor does not start. Deadline: 30 s, then the same.
     */
    start: hook.asyncSeries<[]>('start', [], { onFault: 'fail', deadlineMs: 30_000 }),

    /** A process was added and has not run yet: attach your state. Throws: reported, the others go on. */
    process: hook.sync<[Process]>('process', ['process'], { onFault: 'pass' }),

    /**
     * A process was reconfigured in place. In: the process, and the configuration before. Nothing was started or
     * stopped for it; a process that is restarted is reconfigured while it is down. Your options that are marked `live`
     * must be in effect when the tap returns, those marked `start` or `restart` at the next spawn.
     * Throws: reported, the others go on.
     */
    reconfigured: hook.sync<[Process, ProcessConfig]>('reconfigured', ['process', 'before'], { onFault: 'pass' }),

    /**
     * Before every spawn, first start and restart alike. In: the plan so far. Out: the plan to use.
     * Throws: this start fails (a child without its sandbox or its log is worse than none), with the reason in
     * `spawnerr`. A `SpawnRefusal` refuses the start without counting as a fault of the plugin. Deadline: 10 s, then
     * the same. Return synchronously if you can: then the spawn is synchronous, too.
     */
    spawn: hook.asyncWaterfall<[SpawnPlan, ProcessView]>('spawn', ['plan', 'process'], {
      accepts: isSpawnPlan,
      onFault: 'fail',
      isRefusal: (error) => error instanceof SpawnRefusal,
      deadlineMs: 10_000,
    }),

    /** A child exists and runs its program: attach to it. Throws: reported; the child keeps running. */
    spawned: hook.sync<[ProcessView, Child]>('spawned', ['process', 'child'], { onFault: 'pass' }),

    /**
     * What another daemon did with this process is carried on: take over what was kept of it. Its child runs, or has
     * exited in the meantime, or there is none. Throws: reported, the other taps still run.
     */
    resumed: hook.sync<[ProcessView]>('resumed', ['process'], { onFault: 'pass' }),

    /**
     * In parallel with the wait for `startsecs`: a STARTING process becomes RUNNING when every tap has resolved. The
     * signal aborts when the process leaves STARTING for another reason. Throws: the process will not become ready; the
     * child is killed and the start counts as failed. Deadline: 10 min, then the same.
     */
    ready: hook.asyncParallel<[ProcessView, AbortSignal]>('ready', ['process', 'signal'], {
      onFault: 'fail',
      deadlineMs: 600_000,
    }),

    /**
     * A child exited, and no event was emitted yet: collect what it left behind, such as its last output.
     * Throws: reported, the exit goes on.
     */
    reaped: hook.sync<[ProcessView, Exit]>('reaped', ['process', 'exit'], { onFault: 'pass' }),

    /**
     * Whether the user expects this exit. The first answer counts. Default: exit code 0 is expected.
     * Throws: counts as no opinion.
     */
    expected: hook.bail<[ProcessView, Exit], boolean>('expected', ['process', 'exit'], {
      accepts: isBoolean,
      onFault: 'pass',
    }),

    /**
     * After an exit that was not requested: of a run (`process.state` is RUNNING) or of a start that failed (STARTING;
     * `process.tries` counts the failures before it). The first answer decides. Default: a run stays EXITED, a failed
     * start becomes FATAL. Throws: counts as no opinion.
     */
    exit: hook.bail<[ProcessView, Exit], Verdict>('exit', ['process', 'exit'], { accepts: isVerdict, onFault: 'pass' }),

    /**
     * Before a stop. Out: how to stop the process. Default: `stopsignal`, `stopasgroup`, `stopwaitsecs`.
     * Throws: counts as no opinion.
     */
    stop: hook.bail<[ProcessView, Cause], StopPlan>('stop', ['process', 'cause'], {
      accepts: isStopPlan,
      onFault: 'pass',
    }),

    /**
     * A new configuration was read and differs. In: the plan, process by process. Nothing has changed yet. With
     * `update` the plan is carried out next; with `reread` the client decides what to change. Not called for a plan
     * that is only shown.
     * Throws: the reload is refused, with the reason; nothing changes. Deadline: 30 s, then the same.
     */
    reload: hook.asyncSeries<[ReloadPlan]>('reload', ['plan'], { onFault: 'fail', deadlineMs: 30_000 }),

    /**
     * Once, after the last process has ended: servers close here. Throws: reported, the others go on.
     * Deadline: 10 s, then the same.
     */
    shutdown: hook.asyncSeries<[]>('shutdown', [], { onFault: 'pass', deadlineMs: 10_000 }),
  });

export type Hooks = ReturnType<typeof createHooks>;
