import { fc, test } from '@fast-check/vitest';
import { expect, test as example } from 'vitest';
import {
  groupConfig,
  namespec,
  processConfig,
  Supervisor,
  supervisorConfig,
  type Process,
  type SupervisorConfig,
} from '../../../core/index.ts';
import { COMMAND, FakeClock, FakeSpawner, settle, type FakeChild } from '../../../core/testing/index.ts';

/**
 * Random reloads beside random operations. Children end when they are asked to, late, or not at all until the end of the test. A
 * caller may hold a process that was removed meanwhile, as a client does that starts a group one process after the other.
 */
const BY = { by: 'client' } as const;

const member = fc.record({
  name: fc.constantFrom('a0', 'a1', 'a2'),
  umask: fc.constantFrom(undefined, 7),
  startsecs: fc.constantFrom(0, 1),
  autostart: fc.boolean(),
});
const configuration = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('g', 'h'),
      options: fc.constantFrom({}, { events: 1 }),
      processes: fc.uniqueArray(member, { selector: ({ name }) => name, maxLength: 3 }),
    }),
    { selector: ({ name }) => name, maxLength: 2 },
  )
  .map((groups) =>
    supervisorConfig({
      groups: groups.map(({ name, options, processes }) =>
        groupConfig({
          name,
          kind: Object.keys(options).length > 0 ? 'eventlistener' : 'group',
          options,
          processes: processes.map((given) => processConfig({ command: COMMAND, stopwaitsecs: 3, ...given })),
        }),
      ),
    }),
  );

/** Index of a process among all that were ever seen, removed ones too. */
const at = fc.nat(11);
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('start' as const), at }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('stop' as const), at }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restartByPolicy' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('startGroup' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restartAll' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('update' as const), to: configuration }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('obey' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('exit' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stick' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(500, 3_000, 20_000) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

class Scene {
  readonly clock = new FakeClock();
  readonly spawner = new FakeSpawner();
  readonly supervisor: Supervisor;
  readonly known = new Set<Process>();
  readonly stuck = new Set<FakeChild>();
  /** Operations that have not ended yet. */
  readonly open = new Set<string>();
  #followed = 0;

  constructor(config: SupervisorConfig) {
    this.supervisor = new Supervisor({ config, clock: this.clock, spawner: this.spawner, env: { PATH: '/bin' } });
  }

  happen(it: Happening): void {
    for (const each of this.supervisor.processes) this.known.add(each);
    // Taken modulo, so that most happenings have an effect.
    const process = 'at' in it ? [...this.known][it.at % Math.max(1, this.known.size)] : undefined;
    switch (it.kind) {
      case 'start':
        if (process !== undefined) this.follow('start', process.start(BY).done);
        return undefined;
      case 'stop':
        if (process !== undefined) this.follow('stop', process.stop(BY).done);
        return undefined;
      case 'restart':
        if (process !== undefined) this.follow('restart', process.restart(BY).done);
        return undefined;
      case 'restartByPolicy':
        if (process !== undefined) this.follow('restartByPolicy', process.restartByPolicy(BY));
        return undefined;
      case 'startGroup':
        if (process !== undefined) this.follow('startGroup', this.#startAll(this.#groupOf(process)));
        return undefined;
      case 'restartAll':
        return this.follow('restartAll', this.#restartAll(this.supervisor.processes));
      case 'update':
        return this.follow('update', this.supervisor.update(it.to, { cause: { by: 'reload' } }));
      case 'obey':
        return this.obey();
      case 'exit':
        return this.spawner.living.find((child) => !this.stuck.has(child))?.exit();
      case 'stick': {
        const child = this.spawner.living[it.at];
        if (child !== undefined) this.stuck.add(child);
        return undefined;
      }
      case 'wait':
        return this.clock.advance(it.ms);
    }
  }

  /** Children that were asked to end do so. */
  obey(): void {
    for (const child of this.spawner.living) if (child.signals.length > 0 && !this.stuck.has(child)) child.exit();
  }

  check(): void {
    const { living } = this.spawner;
    const pids = this.supervisor.processes.map(({ view }) => view.pid).filter((pid) => pid !== 0);
    expect(living.map(({ pid }) => pid).filter((pid) => !pids.includes(pid))).toEqual([]); // no child that no status knows
    const names = this.supervisor.processes.filter(({ view }) => view.pid !== 0).map((each) => namespec(each));
    expect(new Set(names).size).toBe(names.length);
    expect(living).toHaveLength(pids.length); // no two children of one process
  }

  #groupOf(process: Process): readonly Process[] {
    return [...this.known].filter(({ group }) => group === process.group);
  }

  /** One after the other, as a client's start of a group. */
  async #startAll(processes: readonly Process[]): Promise<void> {
    for (const process of processes) await process.start(BY).issued;
  }

  /** None starts before all of them are down. */
  async #restartAll(processes: readonly Process[]): Promise<void> {
    let allStopped: () => void = () => undefined;
    const down = new Promise<boolean>((resolve) => (allStopped = () => resolve(true)));
    const restarts = processes.map((process) => process.restart(BY, { confirm: () => down }));
    await Promise.all(restarts.map(({ stopped }) => stopped));
    allStopped();
    await Promise.all(restarts.map(({ done }) => done));
  }

  follow(name: string, operation: Promise<unknown>): void {
    this.#followed += 1;
    const key = `${name} (operation ${this.#followed})`;
    this.open.add(key);
    const over = (): void => void this.open.delete(key);
    operation.then(over, over);
  }
}

test.prop([configuration, fc.array(happening, { maxLength: 25 })], { numRuns: 400 })(
  'whatever is reloaded while something is asked for: every child is known, every operation ends, nothing is left',
  async (config, happenings) => {
    const scene = new Scene(config);
    const { supervisor, spawner, clock, stuck, open } = scene;
    await supervisor.start();
    for (const each of happenings) {
      scene.happen(each);
      await settle();
      scene.check();
    }
    scene.follow('shutdown', supervisor.shutdown());
    // A bound for all waits: each of the operations may wait for the ones before it, and the groups stop in turn.
    for (let round = 0; round < 200 && open.size > 0; round += 1) {
      await settle();
      scene.obey();
      clock.advance(5_000);
    }
    expect([...open]).toEqual([]);
    expect(supervisor.state).toBe('stopped');
    expect(spawner.living.filter((child) => !stuck.has(child))).toEqual([]);
    scene.check();
    for (const child of stuck) if (!child.isGone) child.exit({ kind: 'signal', signal: 'SIGKILL' });
    await settle();
    clock.advance(60_000);
    await settle();
    expect(spawner.living).toEqual([]);
  },
);

test.prop([fc.array(happening, { maxLength: 15 }), fc.boolean()], { numRuns: 200 })(
  'the last word is kept: after a restart and then a stop nothing runs, after a stop and then a restart it does',
  async (happenings, isStopLast) => {
    const scene = new Scene(oneGroup('b0'));
    const { supervisor, spawner, clock } = scene;
    await supervisor.start();
    for (const each of happenings) {
      if (each.kind === 'update' || each.kind === 'stick') continue;
      scene.happen(each);
      await settle();
    }
    const process = supervisor.find('b:b0');
    const [first, last] = isStopLast ? (['restart', 'stop'] as const) : (['stop', 'restart'] as const);
    const results: unknown[] = [];
    for (const kind of [first, last])
      scene.follow(kind, process?.[kind](BY).done.then((result) => results.push(result.kind)) ?? Promise.resolve());
    for (let round = 0; round < 50 && scene.open.size > 0; round += 1) {
      await settle();
      scene.obey();
      clock.advance(5_000);
    }
    expect([...scene.open]).toEqual([]);
    expect(spawner.living).toHaveLength(isStopLast ? 0 : 1);
    expect(results.length).toBe(2);
  },
);

const oneGroup = (...processes: string[]): SupervisorConfig =>
  supervisorConfig({
    groups: [
      groupConfig({
        name: 'b',
        processes: processes.map((name) => processConfig({ name, command: COMMAND, startsecs: 0, stopwaitsecs: 3 })),
      }),
    ],
  });

example('a process that was removed refuses a start that waited meanwhile', async () => {
  const scene = new Scene(oneGroup('b0', 'b1'));
  const { supervisor, spawner } = scene;
  await supervisor.start();
  const b1 = supervisor.find('b:b1');
  const update = supervisor.update(oneGroup('b0'), { cause: { by: 'reload' } });
  await settle();
  scene.obey();
  await update;
  expect(await b1?.start(BY).done).toEqual({ kind: 'removed' });
  expect(spawner.living).toHaveLength(1);
});

example('a start behind a stop that is stuck fails, and holds up no later stop and no shutdown', async () => {
  const scene = new Scene(oneGroup('b0'));
  const { supervisor, spawner, clock } = scene;
  await supervisor.start();
  const process = supervisor.processes[0];
  void process?.stop(BY);
  await settle();
  const start = process?.start(BY).done;
  const stop = process?.stop(BY).done;
  let isDown = false;
  void supervisor.shutdown().then(() => (isDown = true));
  for (let second = 0; second < 60; second += 1) {
    clock.advance(1_000);
    await settle();
  }
  expect(spawner.living).toHaveLength(1);
  expect(await start).toMatchObject({ kind: 'failed' });
  expect(await stop).toMatchObject({ kind: 'failed' });
  expect(isDown).toBe(true);
});

example('a start whose readiness failed is over, although SIGKILL does not reach its child', async () => {
  const clock = new FakeClock();
  const spawner = new FakeSpawner();
  const supervisor = new Supervisor({ config: oneGroup('b0'), clock, spawner, env: { PATH: '/bin' } });
  supervisor.hooks.ready.tap('never', () => {
    throw new Error('no');
  });
  await supervisor.start();
  const process = supervisor.processes[0];
  await process?.stop(BY).issued;
  spawner.last.exit();
  await settle();
  expect(await process?.start(BY).done).toMatchObject({ kind: 'failed' });
  expect(process?.state).toBe('STARTING');
});
