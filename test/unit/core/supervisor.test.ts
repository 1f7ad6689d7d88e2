import { describe, expect, test } from 'vitest';
import { groupConfig, processConfig, Supervisor, supervisorConfig, type Plugin } from '../../../core/index.ts';
import { COMMAND, FakeClock, FakeSpawner, settle, stage } from '../../../core/testing/index.ts';

const program = (name: string, priority = 999) =>
  groupConfig({ priority, processes: [processConfig({ name, command: COMMAND, priority, startsecs: 0 })] });

function make(groups = [program('b', 30), program('a', 20), program('d', 10), program('c')], plugins: Plugin[] = []) {
  const spawner = new FakeSpawner();
  const clock = new FakeClock();
  const supervisor = new Supervisor({ config: supervisorConfig({ groups }), plugins, clock, spawner, env: {} });
  const spawned = (): string[] => spawner.children.map(({ plan }) => plan.env['SUPERVISOR_PROCESS_NAME'] ?? '');
  return { supervisor, spawner, clock, spawned };
}

describe('order', () => {
  test('programs start by ascending priority, then by name', async () => {
    const { supervisor, spawned } = make([program('z', 5), program('b'), program('a'), program('y', 5)]);
    await supervisor.start();
    expect(spawned()).toEqual(['y', 'z', 'a', 'b']);
  });

  test('at shutdown each group ends before the one before it is asked', async () => {
    const { supervisor, spawner, spawned } = make();
    await supervisor.start();
    const over = supervisor.shutdown();
    const asked: string[] = [];
    while (spawner.living.length > 0) {
      await settle();
      const signalled = spawner.living.filter(({ signals }) => signals.length > 0);
      expect(signalled).toHaveLength(1);
      asked.push(spawned()[spawner.children.indexOf(signalled[0]!)] ?? '');
      signalled[0]?.exit();
    }
    await over;
    expect(asked).toEqual(['c', 'b', 'a', 'd']);
    expect(supervisor.state).toBe('stopped');
  });

  test('the members of one group are asked at once', async () => {
    const processes = ['a', 'b', 'c'].map((name) => processConfig({ name, command: COMMAND, startsecs: 0 }));
    const { supervisor, spawner } = make([groupConfig({ name: 'g', processes })]);
    await supervisor.start();
    const over = supervisor.shutdown();
    await settle();
    expect(spawner.living.map(({ signals }) => signals.length)).toEqual([1, 1, 1]);
    for (const child of spawner.living) child.exit();
    await over;
  });
});

test('what exits during a shutdown is not restarted', async () => {
  const restart: Plugin = {
    name: 'restart',
    apply: (supervisor) => supervisor.hooks.exit.tap('restart', () => ({ kind: 'restart', delayMs: 0 })),
  };
  const { supervisor, spawner } = make([program('first', 1), program('last', 2)], [restart]);
  await supervisor.start();
  const over = supervisor.shutdown();
  await settle();
  spawner.children[0]?.exit();
  spawner.children[1]?.exit();
  await over;
  expect(spawner.children).toHaveLength(2);
});

test('a shutdown says for whom it waits, at once and every three seconds', async () => {
  const { supervisor, spawner, clock } = make([program('slow')]);
  const waiting: (readonly string[])[] = [];
  supervisor.events.on('supervisor:waiting', ({ names }) => void waiting.push(names));
  await supervisor.start();
  const over = supervisor.shutdown();
  await settle();
  clock.advance(6_000);
  spawner.last.exit();
  await over;
  expect(waiting).toEqual([['slow'], ['slow'], ['slow']]);
  expect(clock.pending).toBe(0);
});

test('a shutdown asked for twice is one, and both wait for its end', async () => {
  const { supervisor, spawner } = make([program('slow')]);
  await supervisor.start();
  const over: string[] = [];
  const both = [
    supervisor.shutdown().then(() => over.push('first')),
    supervisor.shutdown().then(() => over.push('second')),
  ];
  await settle();
  expect(over).toEqual([]);
  spawner.last.exit();
  await Promise.all(both);
  expect(spawner.last.signals).toHaveLength(1);
});

test('a shutdown during the start waits for it, and leaves nothing running', async () => {
  let open = (): void => undefined;
  const slow: Plugin = {
    name: 'slow',
    apply: (supervisor) =>
      supervisor.hooks.start.tapPromise('slow', () => new Promise<void>((resolve) => (open = resolve))),
  };
  const { supervisor, spawner } = make([program('a'), program('b')], [slow]);
  const started = supervisor.start();
  const over = supervisor.shutdown();
  await settle();
  expect(supervisor.state).toBe('starting');
  open();
  await settle();
  for (const child of spawner.living) child.exit();
  await Promise.all([started, over]);
  expect(supervisor.state).toBe('stopped');
  expect(spawner.living).toEqual([]);
});

describe('plugins', () => {
  test('one that throws in apply is named, and nothing is started', () => {
    const broken: Plugin = {
      name: 'broken',
      apply: () => {
        throw new Error('no licence');
      },
    };
    expect(() => make([], [broken])).toThrow('plugin broken cannot be applied: no licence');
  });

  test('two of one name are refused', () => {
    const twin: Plugin = { name: 'twin', apply: () => undefined };
    expect(() => make([], [twin, { ...twin }])).toThrow('plugin twin is enabled twice');
  });

  test('one that fails in start keeps every program from starting, and what was opened is closed', async () => {
    const closed: string[] = [];
    const server: Plugin = {
      name: 'server',
      apply: (supervisor) => supervisor.hooks.shutdown.tap('server', () => void closed.push('server')),
    };
    const broken: Plugin = {
      name: 'broken',
      apply: (supervisor) =>
        supervisor.hooks.start.tapPromise('broken', async () => {
          throw new Error('port taken');
        }),
    };
    const { supervisor, spawner } = make([program('a')], [server, broken]);
    await expect(supervisor.start()).rejects.toThrow('plugin broken failed in hook start: port taken');
    expect(spawner.children).toEqual([]);
    expect(closed).toEqual(['server']);
    expect(supervisor.state).toBe('stopped');
  });

  test('one that fails in spawn fails that start with the reason, and what the plan had opened is closed', async () => {
    const closed: string[] = [];
    const sandbox: Plugin = {
      name: 'sandbox',
      apply(supervisor) {
        supervisor.hooks.spawn.tap('opener', (plan) => {
          plan.defer(() => closed.push('descriptor'));
          return plan;
        });
        supervisor.hooks.spawn.tap('sandbox', () => {
          throw new Error('no seccomp');
        });
      },
    };
    const { process, spawner } = await stage([{ name: 'web' }], [sandbox]);
    expect(await process().start({ by: 'client' }).done).toEqual({
      kind: 'failed',
      reason: 'plugin sandbox failed in hook spawn: no seccomp',
    });
    expect(spawner.children).toEqual([]);
    expect(closed).toEqual(['descriptor']);
  });

  /** Answers `spawn` only when told to. */
  function slowSpawn(): { plugin: Plugin; release: () => void } {
    const waiting: (() => void)[] = [];
    const plugin: Plugin = {
      name: 'slow',
      apply: (supervisor) =>
        supervisor.hooks.spawn.tapPromise('slow', async (plan) => {
          await new Promise<void>((resolve) => waiting.push(resolve));
          return plan;
        }),
    };
    return { plugin, release: () => waiting.splice(0).forEach((go) => go()) };
  }

  test('one that is slow in spawn makes no stop wait, and nothing is spawned after it', async () => {
    const { plugin, release } = slowSpawn();
    const { process, spawner, transitions } = await stage([{ name: 'web', startsecs: 0 }], [plugin]);
    const start = process().start({ by: 'client' });
    const stop = process().stop({ by: 'client' });
    expect(await stop.done).toEqual({ kind: 'stopped' });
    expect(await start.done).toEqual({ kind: 'interrupted' });
    release();
    await settle();
    expect(spawner.children).toEqual([]);
    expect(transitions).toEqual(['STOPPED → STARTING', 'STARTING → STOPPED']);

    // The late answer of the cancelled start does not disturb the next one.
    const again = process().start({ by: 'client' });
    await settle();
    release();
    expect(await again.done).toEqual({ kind: 'running' });
    expect(spawner.living).toHaveLength(1);
  });

  test('one that is slow in spawn holds up no other program', async () => {
    const { plugin, release } = slowSpawn();
    const { supervisor, spawner } = make([program('a'), program('b')], [plugin]);
    const started = supervisor.start();
    await settle();
    expect(supervisor.processes.map(({ state }) => state)).toEqual(['STARTING', 'STARTING']);
    release();
    await started;
    expect(spawner.living).toHaveLength(2);
  });

  test('readiness holds RUNNING back, and one that fails kills the child and counts as a failed start', async () => {
    const gates: { resolve: () => void; reject: (error: Error) => void; signal: AbortSignal }[] = [];
    const probe: Plugin = {
      name: 'probe',
      apply: (supervisor) =>
        supervisor.hooks.ready.tapPromise(
          'probe',
          (_, signal) =>
            new Promise<void>((resolve, reject) => {
              gates.push({ resolve, reject, signal });
            }),
        ),
    };
    const { process, spawner, clock } = await stage([{ name: 'web', startsecs: 1 }], [probe]);
    const start = process().start({ by: 'client' });
    await start.issued;
    clock.advance(60_000);
    await settle();
    expect(process().state).toBe('STARTING');
    gates[0]?.resolve();
    expect(await start.done).toEqual({ kind: 'running' });

    void process().stop({ by: 'client' });
    await settle();
    spawner.last.exit();
    const second = process().start({ by: 'client' });
    await settle();
    gates[1]?.reject(new Error('port never opened'));
    await settle();
    expect(spawner.last.signals.at(-1)?.signal).toBe('SIGKILL');
    spawner.last.exit({ kind: 'signal', signal: 'SIGKILL' });
    expect(await second.done).toMatchObject({ kind: 'failed', reason: expect.stringContaining('port never opened') });
  });
});

describe('groups', () => {
  test('reread tells what differs and touches nothing; add and remove do', async () => {
    const { supervisor, spawner } = make([program('keep'), program('gone'), program('mod')]);
    await supervisor.start();
    const next = [program('keep'), program('mod', 5), program('new')];
    expect(await supervisor.reread(supervisorConfig({ groups: next }))).toEqual({
      added: ['new'],
      changed: ['mod'],
      removed: ['gone'],
    });
    expect(spawner.children).toHaveLength(3);
    expect([...supervisor.groups.keys()]).toEqual(['gone', 'keep', 'mod']);
    expect(() => supervisor.removeGroup('gone')).toThrow('still has running processes');
    await supervisor.addGroup('new', { by: 'client' });
    expect(supervisor.find('new')?.state).toBe('RUNNING');
    await expect(supervisor.addGroup('new', { by: 'client' })).rejects.toThrow('already a group named new');
    await expect(supervisor.addGroup('zip', { by: 'client' })).rejects.toThrow('no process or group named zip');
  });

  test('a process is found by group:name, and by its name alone where that is the group, too', async () => {
    const { supervisor } = make([
      program('solo'),
      groupConfig({ name: 'g', processes: [processConfig({ name: 'p', command: COMMAND, autostart: false })] }),
    ]);
    await supervisor.start();
    expect(supervisor.find('solo')?.name).toBe('solo');
    expect(supervisor.find('g:p')?.name).toBe('p');
    expect(supervisor.find('p')).toBeUndefined();
    expect(supervisor.find('g')).toBeUndefined();
  });
});

describe('a start that goes wrong in a way that nobody foresaw', () => {
  test('an environment that is none is a fault of the plugin, and the other programs start', async () => {
    const tap: Plugin = {
      name: 'port',
      apply: ({ hooks }) =>
        hooks.spawn.tap('port', (plan, { name }) => {
          const env: Record<string, unknown> = { ...plan.env, PORT: 8080 };
          return name === 'a' ? { ...plan, env: env as typeof plan.env } : plan;
        }),
    };
    const { supervisor, spawned } = make([program('a'), program('b')], [tap]);
    await supervisor.start();
    expect(supervisor.find('a')?.view).toMatchObject({
      state: 'FATAL',
      spawnerr: expect.stringContaining('plugin port gave hook spawn an answer that it cannot take'),
    });
    expect(spawned()).toEqual(['b']);
  });

  test('a spawner that throws fails this start alone, and what was opened for it is closed', async () => {
    const closed: boolean[] = [];
    const tap: Plugin = {
      name: 'opens',
      apply: ({ hooks }) =>
        hooks.spawn.tap('opens', (plan) => {
          plan.defer((isTaken) => void closed.push(isTaken));
          return plan;
        }),
    };
    const { supervisor, spawner, spawned } = make([program('a'), program('b')], [tap]);
    const spawn = spawner.spawn.bind(spawner);
    spawner.spawn = (plan, done) => {
      if (plan.env['SUPERVISOR_PROCESS_NAME'] === 'a') throw new Error('ELOOP: too many links');
      spawn(plan, done);
    };
    await supervisor.start();
    expect(supervisor.find('a')?.view).toMatchObject({ state: 'FATAL', spawnerr: 'ELOOP: too many links' });
    expect(spawned()).toEqual(['b']);
    expect(closed).toEqual([false, true]);
  });
});
