import type { Cause } from './cause.ts';
import type { Timer } from './clock.ts';
import type { ProcessConfig } from './config.ts';
import { reasonOf } from './errors.ts';
import type { EventMap } from './events.ts';
import { describeExit, type Exit, type RunUsage, type StopPlan, type Verdict } from './exit.ts';
import { isRunning, isStopped, type State } from './machine/state.ts';
import { step, type Effect, type Input, type TimedInput } from './machine/table.ts';
import type {
  Operation,
  ReplaceResult,
  RestartOperation,
  RestartOptions,
  RestartResult,
  SignalResult,
  StartResult,
  StopResult,
} from './operation.ts';
import { OperationQueue } from './operation-queue.ts';
import type { ProcessContext } from './process-context.ts';
import type { ProcessRecord } from './process-record.ts';
import type { ProcessView } from './process-view.ts';
import { SpawnAttempt } from './spawn/attempt.ts';
import type { Child } from './spawn/child.ts';
import { Readiness } from './spawn/readiness.ts';
import type { SpawnResult } from './spawn/spawner.ts';
import { unreachable } from './unreachable.ts';

/** A stop counts as failed this long after the first SIGKILL; the process then stays STOPPING. */
const STUCK_AFTER_MS = 10_000;

/**
 * One supervised process. It drives the table in machine/table.ts: operations, exits and timers become inputs, and the
 * process performs the effects of each step, in order. Nothing else spawns, signals or sets a timer for a child.
 *
 * A process has an actual state (`state`) and a desired one (`want`). The actual state changes only by a step of the
 * table. The desired state changes only by an operation: a start or a restart makes it `up`, a stop makes it `down`. An
 * exit does not change it. Every change of state carries its cause.
 *
 * Operations:
 * - `start` spawns a child, unless the process is up already. During a stop it waits for the end of the stop.
 * - `stop` sends the stop signal, and SIGKILL after each `stopwaitsecs`. A process without a child is stopped at once:
 *   a start that plugins still work on is cancelled, a retry or a delayed restart is dropped.
 * - `restart` is a stop and then a start. A process that does not run is only started. One that cannot be stopped is
 *   not started. `replace` does the same with another configuration, but starts only a process that is wanted up.
 * - `restartByPolicy` ends a child that is of no use. Its exit counts as its own, so the `exit` hook decides what
 *   follows.
 * - `signal` sends a signal and changes nothing else.
 *
 * Who wins: operations run one after the other, in the order in which they were asked for, so the last one decides. A
 * stop also cancels the start of a restart that was asked for before it. After `remove`, and while the supervisor shuts
 * down, every start is refused. An exit during a stop ends the stop, and the `exit` hook is not asked.
 *
 * What runs when: an operation that finds the queue empty acts before it returns. `issued` resolves when the child was
 * spawned or the signal sent, `done` when the outcome is known. Every wait has a bound: a start ends by `startsecs`,
 * the deadline of a hook or a stop; a stop counts as failed 10 s after the first SIGKILL. In a step, the new state is
 * in place first, then events are emitted, then waiting operations look at it, then the effects run. Operations that a
 * listener asks for during the step start after the last listener returns.
 */
export class Process {
  readonly group: string;
  readonly #context: ProcessContext;
  readonly #queue = new OperationQueue();
  readonly #watchers = new Set<() => void>();

  #config: ProcessConfig;
  /** Replaces the configuration once the process is down. */
  #successor: ProcessConfig | undefined;
  #state: State = 'STOPPED';
  #want: 'up' | 'down' = 'down';
  /** Set when its group removes it. It no longer appears in any status, so nothing may start it. */
  #isRemoved = false;
  /** The operation that was asked for last: it decides what follows a stop, whichever still wait for it. */
  #lastAsked: 'start' | 'stop' = 'stop';
  /** The result of the current stop, or of the last one. Settles within the bound of the stop. */
  #stopping: Promise<StopResult> = Promise.resolve({ kind: 'notRunning' });
  /** Counts the stops that were asked for, except those that are part of a restart. */
  #stopRequests = 0;
  /** Why the current run has failed although its child still exists. The child was signalled; its exit ends the run. */
  #failure: string | undefined;
  #run = 0;
  #tries = 0;
  /** Set while listeners of a step run. Operations they ask for start after the last listener returns. */
  #isEmitting = false;
  /** Counts the steps of the table. */
  #steps = 0;
  #cause: Cause = { by: 'boot', detail: 'not started' };
  #child: Child | undefined;
  /** Set while plugins and the spawner work on a start. */
  #attempt: SpawnAttempt | undefined;
  /** The current delay, or the wait for readiness. Ends the current state by itself. */
  #timer: Timer | undefined;
  /** What the current delay leads to. */
  #pending: ProcessRecord['pending'];
  #startedAt = 0;
  #stoppedAt = 0;
  #startedTick = 0;
  #exit: Exit | undefined;
  #spawnerr = '';

  constructor(config: ProcessConfig, group: string, context: ProcessContext) {
    this.#config = config;
    this.group = group;
    this.#context = context;
  }

  get config(): ProcessConfig {
    return this.#config;
  }

  get name(): string {
    return this.#config.name;
  }

  get state(): State {
    return this.#state;
  }

  /** The process as it is now. */
  get view(): ProcessView {
    return this.#viewWithPid(this.#child?.pid ?? 0);
  }

  /**
   * Starts the process; during a stop, as soon as the stop is over. If the stop fails, so does the start: the old child
   * still exists. Refused after {@link remove}, and while the supervisor shuts down.
   */
  start(cause: Cause): Operation<StartResult> {
    let done: Promise<StartResult> = Promise.resolve({ kind: 'alreadyRunning' });
    this.#lastAsked = 'start';
    const begun = this.#queue.run(async () => {
      if (this.#isEmitting) await Promise.resolve();
      if (this.#state === 'STOPPING') {
        const stopped = await this.#stopping;
        if (stopped.kind === 'failed') {
          done = Promise.resolve({ kind: 'failed', reason: `it cannot be stopped: ${stopped.reason}` });
          return;
        }
      }
      if (this.#isRemoved) {
        done = Promise.resolve({ kind: 'removed' });
        return;
      }
      if (!this.#context.mayStart()) {
        done = Promise.resolve({ kind: 'interrupted' });
        return;
      }
      if (isRunning(this.#state) || this.#state === 'UNKNOWN') return;
      done = this.#until(() => this.#startResult());
      this.#want = 'up';
      this.#input({ kind: 'start' }, cause);
    });
    // Not inside the queue: a stop does not wait for plugins that work on the spawn, it cancels it.
    return { issued: begun.then(() => this.#attempt?.settled), done: begun.then(() => done) };
  }

  /**
   * Stops the process. If it waits for a retry or a delayed restart, it is stopped at once. `isForRestart`: the caller
   * will start it again, so the desired state does not change.
   */
  stop(cause: Cause, { isForRestart = false }: { readonly isForRestart?: boolean } = {}): Operation<StopResult> {
    let done: Promise<StopResult> = Promise.resolve({ kind: 'notRunning' });
    if (!isForRestart) {
      this.#stopRequests += 1;
      this.#lastAsked = 'stop';
    }
    const issued = this.#queue.run(async () => {
      if (this.#isEmitting) await Promise.resolve();
      if (!this.isStoppable && this.#state !== 'STOPPING') return;
      if (!isForRestart) this.#want = 'down';
      if (this.#state === 'STARTING' && this.#child === undefined) {
        // Plugins still work on the plan. The stop does not wait for them, and their result is dropped.
        done = Promise.resolve({ kind: 'stopped' });
        return this.#input({ kind: 'cancel' }, cause);
      }
      const how = this.#howToStop(cause);
      done = this.#stopResult(how);
      this.#stopping = done;
      if (this.#state === 'STOPPING') return; // already asked: only wait for it
      this.#input({ kind: 'stop', how }, cause);
    });
    return { issued, done: issued.then(() => done) };
  }

  /** Removes the process for good. A start that is still queued is refused. The caller has stopped it. */
  remove(): void {
    this.#isRemoved = true;
    this.#want = 'down';
  }

  /**
   * Changes its configuration in place. The name stays. Nothing is started or stopped: values that the core and plugins
   * read when they act take effect at once, the rest at the next start.
   */
  reconfigure(config: ProcessConfig): void {
    const before = this.#config;
    this.#config = config;
    this.#context.hooks.reconfigured.call(this, before);
  }

  /**
   * Stops the process, then starts it; a process that does not run is only started. It is not started if the stop
   * fails, or if a stop is requested before the start. `confirm` is called once the process is down. The start waits
   * for its promise, which must settle; `false` leaves the process stopped.
   */
  restart(cause: Cause, { confirm }: RestartOptions = {}): RestartOperation {
    const { stop, start } = this.#stopThenStart(cause, () => true, confirm);
    this.#lastAsked = 'start';
    const result = async (): Promise<RestartResult> => {
      const stopped = await stop.done;
      if (stopped.kind === 'failed') return { kind: 'notStopped', reason: stopped.reason };
      return (await start)?.done ?? { kind: this.#isRemoved ? 'removed' : 'interrupted' };
    };
    const issued = stop.issued.then(async () => {
      if (this.#state === 'STOPPING' || (await stop.done).kind !== 'notRunning') return;
      const started = await start;
      await started?.issued;
    });
    return { issued, stopped: stop.done, done: result() };
  }

  /**
   * Restarts it with another configuration of the same name. The old configuration decides how it is stopped. The new
   * one applies from the moment it is down, before anything can start it. It is started again only if it {@link
   * isWanted} and was not stopped in the meantime. A process that cannot be stopped keeps the old one.
   */
  async replace(config: ProcessConfig, cause: Cause): Promise<ReplaceResult> {
    const { isWanted } = this;
    this.#successor = config;
    const { stop, start } = this.#stopThenStart(cause, () => isWanted && this.#want === 'up');
    const stopped = await stop.done;
    if (stopped.kind === 'failed') {
      this.#successor = undefined;
      return stopped;
    }
    const started = await start;
    await started?.issued;
    return { kind: started === undefined ? 'stopped' : 'started' };
  }

  /**
   * Stops a child that no longer works. Its exit counts as unrequested, so the `exit` hook decides whether and when it
   * is started again. Its state does not change until then. Resolves when the signal was sent. Does nothing if there is
   * no child, or if it is already being stopped.
   */
  restartByPolicy(cause: Cause): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#isEmitting) await Promise.resolve();
      const isUp = this.#state === 'STARTING' || this.#state === 'RUNNING';
      if (!isUp || this.#child === undefined || this.#failure !== undefined) return;
      this.#failure = cause.detail ?? 'it is started again';
      this.#input({ kind: 'fail', how: this.#howToStop(cause) }, cause);
    });
  }

  /** What another daemon needs to {@link resume} this process. */
  get record(): ProcessRecord {
    return {
      state: this.#state,
      want: this.#want,
      pid: this.#child?.pid ?? 0,
      run: this.#run,
      tries: this.#tries,
      startedAt: this.#startedAt,
      stoppedAt: this.#stoppedAt,
      startedTick: this.#startedTick,
      spawnerr: this.#spawnerr,
      cause: this.#cause,
      ...(this.#exit !== undefined && { exit: this.#exit }),
      ...(this.#failure !== undefined && { failure: this.#failure }),
      ...(this.#pending !== undefined && { pending: this.#pending }),
      ...(this.#state === 'STOPPING' && this.#lastAsked === 'start' && { isStartedNext: true }),
    };
  }

  /**
   * Goes on where another daemon has left off: in the same state, with the same child, and with what is left of its
   * delays. Call it before anything else is done with the process, in a tap of `start`. A start that had
   * not spawned a child yet is repeated. `child`: the one that the record names; it may have exited in the meantime.
   */
  resume(record: ProcessRecord, child: Child | undefined): void {
    const { hooks, events } = this.#context;
    const isCutShort = record.state === 'STARTING' && child === undefined;
    this.#state = isCutShort ? 'STOPPED' : record.state;
    this.#want = record.want;
    this.#lastAsked = record.want === 'up' || record.isStartedNext === true ? 'start' : 'stop';
    this.#run = record.run;
    this.#tries = record.tries;
    this.#startedAt = record.startedAt;
    this.#stoppedAt = record.stoppedAt;
    this.#startedTick = record.startedTick;
    this.#spawnerr = record.spawnerr;
    this.#cause = record.cause;
    this.#exit = record.exit;
    this.#failure = record.failure;
    this.#child = child;
    hooks.resumed.call(this.view);
    events.emit('process:resumed', { process: this.view, pid: child?.pid ?? 0 });
    if (isCutShort) void this.start(record.cause);
    else this.#waitOn(record);
    child?.onExit((exit, usage) => this.#exited(child, exit, usage));
  }

  /** What the state of the record waits for. */
  #waitOn({ state, pending, failure, cause, startedTick, isStartedNext }: ProcessRecord): void {
    if (state === 'STOPPING') {
      const how = pending?.input.kind === 'stopTimedOut' ? pending.input.how : this.#howToStop(cause);
      this.#stopping = this.#stopResult(how);
    }
    if (pending !== undefined) this.#delay(pending.input, pending.dueTick, cause);
    else if (state === 'STARTING' && failure === undefined) {
      const upMs = this.#context.clock.now() - startedTick;
      this.#awaitReady(Math.max(0, this.#config.startsecs - upMs / 1000), cause);
    }
    if (isStartedNext === true) void this.#startAfterStop(cause);
  }

  async #startAfterStop(cause: Cause): Promise<void> {
    const requests = this.#stopRequests;
    const { kind } = await this.#stopping;
    if (kind !== 'failed' && this.#stopRequests === requests) this.start(cause);
  }

  /**
   * Whether a change that needs a restart restarts it: it is up, or exited by itself and would be started together with
   * the daemon. A process that was stopped by hand stays stopped.
   */
  get isWanted(): boolean {
    return this.#want === 'up' && (this.isStoppable || this.#config.autostart);
  }

  /** It was removed: nothing starts it any more. */
  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** It has never been started. */
  get isUntouched(): boolean {
    return this.#startedAt === 0 && this.#want === 'down';
  }

  /** Sends a signal that is not meant to end the process. */
  signal(signal: NodeJS.Signals, asGroup = false): SignalResult {
    if (this.#child === undefined) return { kind: 'notRunning' };
    try {
      this.#child.signal(signal, asGroup);
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(error) };
    }
    this.#announceSignal(this.#child.pid, signal, asGroup, 'request');
    return { kind: 'sent' };
  }

  /** Whether a stop would do something: it runs, is about to, or waits to be started again. */
  get isStoppable(): boolean {
    if (this.#state === 'EXITED') return this.#timer !== undefined;
    return isRunning(this.#state) || (this.#state === 'UNKNOWN' && this.#child !== undefined);
  }

  /** Stops and starts for a restart; `undefined` if the stop failed, or if the process must stay down. */
  #stopThenStart(
    cause: Cause,
    isStillWanted: () => boolean,
    confirm: () => Promise<boolean> = () => Promise.resolve(true),
  ): { readonly stop: Operation<StopResult>; readonly start: Promise<Operation<StartResult> | undefined> } {
    const requests = this.#stopRequests;
    const stop = this.stop(cause, { isForRestart: true });
    const start = stop.done.then(async ({ kind }) => {
      if (kind === 'failed') return undefined;
      this.#succeed();
      const isConfirmed = await confirm().catch(() => false);
      const isOverruled = this.#stopRequests !== requests || !isStillWanted();
      if (isOverruled || this.#isRemoved || !this.#context.mayStart()) return undefined;
      if (isConfirmed) return this.start(cause);
      if (isStopped(this.#state)) this.#want = 'down';
      return undefined;
    });
    return { stop, start };
  }

  /** Resolves as soon as `look` returns an answer: now, or after a state change. */
  #until<Answer>(look: () => Answer | undefined | false): Promise<Answer> {
    return new Promise((resolve) => {
      const check = (): void => {
        const answer = look();
        if (answer === undefined || answer === false) return;
        this.#watchers.delete(check);
        resolve(answer);
      };
      this.#watchers.add(check);
      // Asked while still in the old state, so the first look is at the next change.
      if (this.#state === 'STOPPING' || isStopped(this.#state)) return;
      check();
    });
  }

  #startResult(): StartResult | undefined {
    switch (this.#state) {
      case 'STARTING':
        return this.#failure === undefined ? undefined : { kind: 'failed', reason: this.#failure };
      case 'RUNNING':
        return { kind: 'running' };
      case 'BACKOFF':
      case 'FATAL':
        return { kind: 'failed', reason: this.#spawnerr };
      default:
        return { kind: 'interrupted' };
    }
  }

  #stopResult(how: StopPlan): Promise<StopResult> {
    const stopped = this.#until<StopResult>(() => {
      if (this.#state === 'UNKNOWN') return { kind: 'failed', reason: this.#spawnerr };
      return isStopped(this.#state) ? { kind: 'stopped' } : undefined;
    });
    return new Promise((resolve) => {
      const timer = this.#context.clock.setTimer(how.waitMs + STUCK_AFTER_MS, () =>
        resolve({ kind: 'failed', reason: 'still there after SIGKILL: it sleeps uninterruptibly, or is being traced' }),
      );
      void stopped.then((result) => {
        timer.cancel();
        resolve(result);
      });
    });
  }

  #howToStop(cause: Cause): StopPlan {
    const { stopsignal, stopasgroup, stopwaitsecs } = this.#config;
    return (
      this.#context.hooks.stop.call(this.view, cause) ?? {
        signal: stopsignal,
        asGroup: stopasgroup,
        waitMs: stopwaitsecs * 1000,
      }
    );
  }

  /** One step of the machine. `announce` is called once the new state is in place, before the effects. */
  #input(input: Input, cause: Cause, announce?: () => void): void {
    const from = this.#state;
    const next = step(from, input, { ...this.#config, tries: this.#tries });
    if (next === undefined) {
      const error = new Error(`${this.group}:${this.name}: no way from ${from} by ${input.kind}`);
      this.#context.events.emit('supervisor:error', { where: 'state machine', error });
      return;
    }
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#pending = undefined;
    const mine = (this.#steps += 1);
    this.#attempt?.end(); // any step ends the pending start attempt
    this.#attempt = undefined;
    this.#state = next.state;
    this.#tries = next.tries;
    if (next.effects.some(({ kind }) => kind === 'spawn')) this.#beginRun();
    this.#isEmitting = true;
    if (next.state !== from) {
      this.#cause = cause;
      this.#context.events.emit('process:state', { process: this.#viewOfEvent(input), from, cause });
    }
    announce?.();
    if (isStopped(next.state) && next.state !== 'UNKNOWN') this.#succeed();
    this.#isEmitting = false;
    for (const check of this.#watchers) check();
    for (const effect of next.effects) {
      this.#perform(effect, cause, input);
      // An effect may cause the next step, as a signal that fails does. The remaining effects are void then.
      if (this.#steps !== mine) return;
    }
  }

  #succeed(): void {
    const next = this.#successor;
    this.#successor = undefined;
    if (next !== undefined) this.reconfigure(next);
  }

  #perform(effect: Effect, cause: Cause, input: Input): void {
    switch (effect.kind) {
      case 'spawn':
        return this.#spawn();
      case 'awaitReady':
        return this.#awaitReady(effect.startsecs, cause);
      case 'timer':
        return this.#delay(effect.input, this.#context.clock.now() + effect.delayMs, cause);
      case 'signal':
        return this.#send(effect.signal, effect.asGroup, WHY_SIGNALLED[input.kind] ?? 'stop');
      case 'input':
        return this.#input(effect.input, cause);
      default:
        return unreachable(effect);
    }
  }

  /** Before it is announced: whoever records the start needs the number of the run. */
  #beginRun(): void {
    this.#startedAt = this.#context.clock.wall();
    this.#startedTick = this.#context.clock.now();
    this.#run += 1;
    this.#exit = undefined;
    this.#spawnerr = '';
    this.#failure = undefined;
  }

  #spawn(): void {
    this.#attempt = new SpawnAttempt({
      view: this.view,
      config: this.#config,
      context: this.#context,
      done: (result) => (result.kind === 'child' ? this.#spawned(result.child) : this.#spawnFailed(result)),
    });
    this.#attempt.begin();
  }

  #spawned(child: Child): void {
    this.#child = child;
    const { view } = this;
    this.#context.hooks.spawned.call(view, child);
    this.#context.events.emit('process:spawned', { process: view, pid: child.pid });
    this.#input({ kind: 'spawned' }, this.#cause);
    child.onExit((exit, usage) => this.#exited(child, exit, usage));
  }

  #spawnFailed({ reason, failure }: Extract<SpawnResult, { kind: 'failed' }>): void {
    this.#spawnerr = reason;
    const what = { reason, ...(failure !== undefined && { failure }) };
    const verdict = this.#verdict({ kind: 'spawnFailed', ...what });
    this.#context.events.emit('process:spawn-failed', { process: this.view, ...what, verdict });
    this.#input({ kind: 'spawnFailed', verdict }, { by: 'child', detail: reason });
  }

  #delay(input: TimedInput, dueTick: number, cause: Cause): void {
    const { clock } = this.#context;
    this.#pending = { input, dueTick };
    this.#timer = clock.setTimer(Math.max(0, dueTick - clock.now()), () => this.#input(input, cause));
  }

  #awaitReady(startsecs: number, cause: Cause): void {
    const readiness = new Readiness(
      {
        startsecs,
        view: this.view,
        ready: () => this.#input({ kind: 'stayedUp' }, cause),
        unready: (reason) => {
          this.#spawnerr = reason;
          this.#failure = reason;
          this.#input({ kind: 'unready' }, { by: 'policy', detail: reason });
        },
      },
      this.#context,
    );
    this.#timer = readiness;
    readiness.begin();
  }

  #send(signal: NodeJS.Signals, asGroup: boolean, why: EventMap['process:signalled']['why']): void {
    const child = this.#child;
    if (child === undefined) return;
    // The event comes first: it is also emitted where the child is gone already and the signal comes too late.
    this.#announceSignal(child.pid, signal, asGroup, why);
    try {
      child.signal(signal, asGroup); // `gone`: its exit is about to be reported
    } catch (error) {
      this.#spawnerr = `cannot signal pid ${child.pid} with ${signal}: ${reasonOf(error)}`;
      this.#input({ kind: 'signalFailed' }, { by: 'child', detail: this.#spawnerr });
    }
  }

  #announceSignal(
    pid: number,
    signal: NodeJS.Signals,
    asGroup: boolean,
    why: EventMap['process:signalled']['why'],
  ): void {
    this.#context.events.emit('process:signalled', { process: this.view, pid, signal, asGroup, why });
  }

  #exited(child: Child, exit: Exit, usage: RunUsage | undefined): void {
    const { clock, hooks, events } = this.#context;
    const before = this.view;
    hooks.reaped.call(before, exit);
    const expected = hooks.expected.call(before, exit) ?? (exit.kind === 'code' && exit.code === 0);
    const asked = this.#state === 'STOPPING' || this.#state === 'UNKNOWN';
    const tooQuickly = this.#state === 'STARTING';
    const verdict: Verdict = asked ? { kind: 'leave' } : this.#verdict(exit);
    const livedMs = clock.now() - this.#startedTick;

    this.#stoppedAt = clock.wall();
    this.#exit = tooQuickly ? undefined : exit;
    this.#spawnerr = this.#spawnerr || whyItFailed(exit, { asked, tooQuickly, expected });
    this.#child = undefined;
    const cause: Cause = asked ? this.#cause : { by: 'child', detail: describeExit(exit) };
    this.#input({ kind: 'exited', verdict }, cause, () => {
      const process = this.#viewWithPid(child.pid);
      const outcome = { exit, expected, asked, livedMs, verdict, ...(usage !== undefined && { usage }) };
      events.emit('process:exited', { process, pid: child.pid, ...outcome });
    });
  }

  #verdict(exit: Exit): Verdict {
    if (!this.#context.mayStart()) return { kind: 'leave', reason: 'the supervisor is shutting down' };
    return this.#context.hooks.exit.call(this.view, exit) ?? { kind: 'leave' };
  }

  /** The event of an exit carries the pid of the child that exited. */
  #viewOfEvent(input: Input): ProcessView {
    return input.kind === 'exited' ? this.#viewWithPid(this.#lastPid) : this.view;
  }

  #lastPid = 0;

  #viewWithPid(pid: number): ProcessView {
    if (pid !== 0) this.#lastPid = pid;
    return Object.freeze({
      name: this.name,
      group: this.group,
      config: this.#config,
      state: this.#state,
      want: this.#want,
      pid,
      run: this.#run,
      tries: this.#tries,
      startedAt: this.#startedAt,
      stoppedAt: this.#stoppedAt,
      startedTick: this.#startedTick,
      exit: this.#exit,
      spawnerr: this.#spawnerr,
      cause: this.#cause,
    });
  }
}

/** The reason in the signal event, by the input that caused it; otherwise `stop`. */
const WHY_SIGNALLED: Partial<Record<Input['kind'], EventMap['process:signalled']['why']>> = {
  unready: 'unready',
  stopTimedOut: 'overdue',
  fail: 'request',
};

/** Supervisor: process.py finish(). A signal is -1 there. */
function whyItFailed(
  exit: Exit,
  { asked, tooQuickly, expected }: { asked: boolean; tooQuickly: boolean; expected: boolean },
): string {
  if (asked) return '';
  if (tooQuickly) return 'Exited too quickly (process log may have details)';
  if (exit.kind === 'unknown') return describeExit(exit);
  return expected ? '' : `Bad exit code ${exit.kind === 'code' ? exit.code : -1}`;
}
