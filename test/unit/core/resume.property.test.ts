import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type Child,
  type Clock,
  type Exit,
  type Plugin,
  type Process,
  type ProcessRecord,
  type Spawner,
} from '../../../core/index.ts';
import { COMMAND, FakeClock, settle } from '../../../core/testing/index.ts';
import { AutorestartPlugin } from '../../../plugins/policy/autorestart/index.ts';

// A daemon that is killed and started again leads to what would have happened without that.

const CLIENT = { by: 'client' } as const;

/** What outlives a daemon: the time, and the children. */
class Machine {
  readonly clock = new FakeClock();
  readonly signals: string[] = [];
  #pid = 1_000;
  readonly #listeners = new Map<number, (exit: Exit) => void>();

  get living(): readonly number[] {
    return [...this.#listeners.keys()];
  }

  spawn(): number {
    this.#pid += 1;
    this.#listeners.set(this.#pid, () => undefined);
    return this.#pid;
  }

  child(pid: number): Child {
    return {
      pid,
      onExit: (callback) => void this.#listeners.set(pid, callback),
      signal: (signal) => {
        this.signals.push(`${pid} ${signal}`);
        if (signal === 'SIGKILL') queueMicrotask(() => this.#end(pid, { kind: 'signal', signal }));
        return 'sent';
      },
    };
  }

  exit(code: number): void {
    const pid = this.living.at(-1);
    if (pid !== undefined) this.#end(pid, { kind: 'code', code });
  }

  #end(pid: number, exit: Exit): void {
    const listener = this.#listeners.get(pid);
    this.#listeners.delete(pid);
    listener?.(exit);
  }
}

/** One daemon on a machine, until it is killed. */
class Daemon {
  readonly transitions: string[];
  readonly #supervisor: Supervisor;
  #isDead = false;

  constructor(machine: Machine, transitions: string[], record?: ProcessRecord) {
    this.transitions = transitions;
    const clock: Clock = {
      now: () => machine.clock.now(),
      wall: () => machine.clock.wall(),
      setTimer: (delayMs, callback) => machine.clock.setTimer(delayMs, () => (this.#isDead ? undefined : callback())),
    };
    const spawner: Spawner = { spawn: (_, done) => done({ kind: 'child', child: machine.child(machine.spawn()) }) };
    const resume: Plugin = {
      name: 'resume',
      apply: ({ hooks }) =>
        hooks.start.tap('resume', () => {
          if (record !== undefined)
            this.process.resume(record, record.pid === 0 ? undefined : machine.child(record.pid));
        }),
    };
    const web = processConfig({ name: 'web', command: COMMAND, startsecs: 2, stopwaitsecs: 3, options: POLICY });
    this.#supervisor = new Supervisor({
      config: supervisorConfig({ groups: [groupConfig({ processes: [web] })] }),
      plugins: [new AutorestartPlugin(), resume],
      clock,
      spawner,
    });
    this.#supervisor.events.on('process:state', ({ from, process }) => {
      if (!this.#isDead) transitions.push(`${from} → ${process.state} ${process.tries} ${process.run}`);
    });
  }

  get process(): Process {
    return this.#supervisor.find('web') ?? expect.fail('there is no web');
  }

  start(): Promise<void> {
    return this.#supervisor.start();
  }

  kill(): ProcessRecord {
    const { record } = this.process;
    this.#isDead = true;
    return JSON.parse(JSON.stringify(record)) as ProcessRecord;
  }
}

const POLICY = { autorestart: 'unexpected', exitcodes: [0], startretries: 2 };

const step = fc.oneof(
  fc.record({ do: fc.constantFrom('start', 'stop', 'restart', 'restartByPolicy') }),
  fc.record({ do: fc.constant('exit' as const), code: fc.constantFrom(0, 1) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4_000 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function lifeOf(steps: readonly Step[], killedAfter: ReadonlySet<number>) {
  const machine = new Machine();
  let daemon = new Daemon(machine, []);
  await daemon.start();
  let waiting = 0;
  for (const [number, what] of steps.entries()) {
    // Of several operations that wait for the end of a stop, the last one decides, but all are carried out where the daemon lives.
    waiting = daemon.process.state === 'STOPPING' ? waiting + 1 : 0;
    if (what.do === 'wait') machine.clock.advance(what.ms);
    else if (what.do === 'exit') machine.exit(what.code);
    else if (waiting > 1) continue;
    else if (what.do === 'start') daemon.process.start(CLIENT);
    else if (what.do === 'stop') daemon.process.stop(CLIENT);
    else if (what.do === 'restart') daemon.process.restart(CLIENT);
    else if (waiting === 0) void daemon.process.restartByPolicy({ by: 'policy', detail: 'hung' });
    await settle();
    if (!killedAfter.has(number)) continue;
    daemon = new Daemon(machine, daemon.transitions, daemon.kill());
    await daemon.start();
    await settle();
  }
  const { cause, ...record } = daemon.process.record;
  return { transitions: daemon.transitions, signals: machine.signals, living: machine.living, record, cause };
}

test('a daemon that is killed between any two steps, and started again, makes no difference', async () => {
  const steps = fc.array(step, { maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.nat(13)), async (life, kills) => {
      expect(await lifeOf(life, new Set(kills))).toEqual(await lifeOf(life, new Set()));
    }),
    { numRuns: 300, seed: 20_261_127 },
  );
});
