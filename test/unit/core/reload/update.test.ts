import { describe, expect, test } from 'vitest';
import {
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type Cause,
  type GroupConfig,
  type Plugin,
  type ProcessConfig,
} from '../../../../core/index.ts';
import { COMMAND, type FakeChild, FakeClock, FakeSpawner, settle } from '../../../../core/testing/index.ts';

const CAUSE: Cause = { by: 'reload' };
const program = (name: string, more: Partial<ProcessConfig> = {}): ProcessConfig =>
  processConfig({ name, command: COMMAND, startsecs: 0, ...more });
const group = (name: string, ...processes: ProcessConfig[]): GroupConfig => groupConfig({ name, processes });
const config = (...groups: GroupConfig[]) => supervisorConfig({ groups });

async function running(groups: readonly GroupConfig[], plugins: readonly Plugin[] = []) {
  const spawner = new FakeSpawner();
  const clock = new FakeClock();
  const supervisor = new Supervisor({ config: config(...groups), plugins, clock, spawner, env: { PATH: '/bin' } });
  const told: string[] = [];
  supervisor.events.on('process:added', ({ process }) => void told.push(`added ${process.name}`));
  supervisor.events.on('process:removed', ({ process }) => void told.push(`removed ${process.name}`));
  supervisor.events.on('group:added', ({ group: name }) => void told.push(`group added ${name}`));
  supervisor.events.on('group:removed', ({ group: name }) => void told.push(`group removed ${name}`));
  await supervisor.start();
  told.length = 0;
  const process = (spec: string) => {
    const found = supervisor.find(spec);
    if (found === undefined) throw new Error(`no process ${spec}`);
    return found;
  };
  const childOf = (spec: string): FakeChild => {
    const child = spawner.children.find(({ pid }) => pid === process(spec).view.pid);
    if (child === undefined) throw new Error(`no child of ${spec}`);
    return child;
  };
  /** Updates while every child that is asked to end does so. */
  const update = async (...next: GroupConfig[]) => {
    const over = supervisor.update(config(...next), { cause: CAUSE });
    // Two rounds of stops at most; each takes a few turns.
    for (let round = 0; round < 4; round += 1) {
      await settle();
      for (const child of spawner.living) if (child.signals.length > 0) child.exit();
    }
    return over;
  };
  return { supervisor, spawner, clock, told, process, childOf, update };
}

test('only the process that changed is restarted; its sibling keeps record and pid', async () => {
  const { process, update, supervisor } = await running([group('g', program('a'), program('b'))]);
  const [a, b] = [process('g:a'), process('g:b')];
  const pids = [a.view.pid, b.view.pid];
  const { outcomes } = await update(group('g', program('a'), program('b', { directory: '/' })));
  expect(outcomes).toMatchObject([{ kind: 'restart', name: 'b', ok: true }]);
  expect([process('g:a'), process('g:b')]).toEqual([a, b]);
  expect(a.view.pid).toBe(pids[0]);
  expect(b.view).toMatchObject({ state: 'RUNNING', cause: { by: 'reload', detail: 'changed: directory' } });
  expect(b.view.pid).not.toBe(pids[1]);
  expect(supervisor.groups.get('g')?.config.processes[1]?.directory).toBe('/');
  expect((await supervisor.plan(supervisor.config)).processes).toEqual([]);
});

test('what is live acts at once, and nothing is restarted for it', async () => {
  const { process, update, childOf } = await running([group('a', program('a'))]);
  const { pid } = process('a').view;
  await update(group('a', program('a', { stopsignal: 'SIGQUIT' })));
  expect(process('a').view.pid).toBe(pid);
  const child = childOf('a');
  void process('a').stop(CAUSE);
  expect(child.signals).toEqual([{ signal: 'SIGQUIT', asGroup: false }]);
  child.exit();
});

test('what waits for the next start is in effect then', async () => {
  const { process, update, childOf, clock } = await running([group('a', program('a'))]);
  await update(group('a', program('a', { startsecs: 5 })));
  expect(process('a').view.state).toBe('RUNNING');
  const stop = process('a').stop(CAUSE);
  childOf('a').exit();
  await stop.done;
  await process('a').start(CAUSE).issued;
  expect(process('a').view.state).toBe('STARTING');
  clock.advance(5_000);
  expect(process('a').view.state).toBe('RUNNING');
});

test('a restarted process is stopped as its old configuration says, and started by the new one', async () => {
  const { process, update, spawner } = await running([group('a', program('a', { stopsignal: 'SIGQUIT' }))]);
  await update(group('a', program('a', { stopsignal: 'SIGINT', environment: { NEW: '1' } })));
  expect(spawner.children[0]?.signals).toEqual([{ signal: 'SIGQUIT', asGroup: false }]);
  expect(spawner.children[1]?.plan.env['NEW']).toBe('1');
  expect(process('a').config.stopsignal).toBe('SIGINT');
});

describe('who has the last word', () => {
  test('a process that somebody stopped stays stopped, with the new configuration for its next start', async () => {
    const { process, update, spawner, childOf } = await running([group('a', program('a'))]);
    const stop = process('a').stop({ by: 'client' });
    childOf('a').exit();
    await stop.done;
    const { outcomes } = await update(group('a', program('a', { command: '/bin/false' })));
    expect(outcomes).toMatchObject([{ kind: 'start', ok: true }]);
    expect(process('a').view).toMatchObject({ state: 'STOPPED', config: { command: '/bin/false' } });
    expect(spawner.children).toHaveLength(1);
  });

  test('one that is stopped by somebody while it is being restarted stays stopped', async () => {
    const { process, supervisor, childOf } = await running([group('a', program('a'))]);
    const over = supervisor.update(config(group('a', program('a', { umask: 7 }))), { cause: CAUSE });
    await settle();
    expect(process('a').view.state).toBe('STOPPING');
    void process('a').stop({ by: 'client' });
    childOf('a').exit();
    await over;
    expect(process('a').view).toMatchObject({ state: 'STOPPED', config: { umask: 7 } });
  });

  test('one that is started by somebody while it is being stopped has the new configuration', async () => {
    const { process, supervisor, childOf, spawner } = await running([group('a', program('a'))]);
    const over = supervisor.update(config(group('a', program('a', { environment: { NEW: '1' } }))), { cause: CAUSE });
    await settle();
    void process('a').start({ by: 'client' });
    childOf('a').exit();
    await over;
    expect(spawner.last.plan.env['NEW']).toBe('1');
    expect(spawner.children).toHaveLength(2);
  });

  test('one that failed while it was wanted is started with what may have repaired it', async () => {
    const { process, update, childOf } = await running([group('a', program('a'))]);
    childOf('a').exit({ kind: 'code', code: 1 });
    expect(process('a').view.state).toBe('EXITED');
    await update(group('a', program('a', { command: '/bin/true -v' })));
    expect(process('a').view.state).toBe('RUNNING');
  });

  test('autostart that is turned on starts what nobody has started yet, and only that', async () => {
    const { process, update, childOf } = await running([
      group('new', program('new', { autostart: false })),
      group('off', program('off')),
    ]);
    const stop = process('off').stop({ by: 'client' });
    childOf('off').exit();
    await stop.done;
    await update(group('new', program('new')), group('off', program('off', { autostart: false })));
    await update(group('new', program('new')), group('off', program('off')));
    expect(process('new').view.state).toBe('RUNNING');
    expect(process('off').view.state).toBe('STOPPED');
  });
});

test('members come and go, in the order of the new configuration, and are told of', async () => {
  const { supervisor, update, told, spawner } = await running([group('p', program('p_1'), program('p_2'))]);
  await update(group('p', program('p_0'), program('p_2'), program('p_3', { autostart: false })));
  expect(supervisor.groups.get('p')?.inStartOrder.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'p_0 RUNNING',
    'p_2 RUNNING',
    'p_3 STOPPED',
  ]);
  expect(told).toEqual(['added p_0', 'added p_3', 'removed p_1']);
  expect(spawner.living).toHaveLength(2);
});

test('groups come and go; what is added starts when everything that is removed is gone', async () => {
  const { supervisor, childOf, told, spawner } = await running([group('old', program('old'))]);
  const over = supervisor.update(config(group('new', program('new'))), { cause: CAUSE });
  await settle();
  expect(spawner.children).toHaveLength(1);
  childOf('old').exit();
  await over;
  expect([...supervisor.groups.keys()]).toEqual(['new']);
  expect(supervisor.find('new')?.view).toMatchObject({ state: 'RUNNING', cause: { by: 'reload' } });
  expect(told).toEqual(['added new', 'group added new', 'removed old', 'group removed old']);
});

test('a slow stop delays no restart of another', async () => {
  const { supervisor, process, childOf } = await running([group('slow', program('slow')), group('b', program('b'))]);
  const next = config(group('slow', program('slow', { umask: 1 })), group('b', program('b', { umask: 1 })));
  const over = supervisor.update(next, { cause: CAUSE });
  await settle();
  const { pid } = process('b').view;
  childOf('b').exit();
  await settle();
  expect(process('b').view.state).toBe('RUNNING');
  expect(process('b').view.pid).not.toBe(pid);
  expect(process('slow').view.state).toBe('STOPPING');
  childOf('slow').exit();
  await over;
});

test('what cannot be stopped is told and left as it was; everything else is carried out', async () => {
  const { supervisor, process, childOf, clock } = await running([
    group('stuck', program('stuck')),
    group('gone', program('gone'), program('going')),
  ]);
  const next = config(group('stuck', program('stuck', { umask: 1 })), group('new', program('new')));
  childOf('gone:gone').refusal = new Error('EPERM');
  const over = supervisor.update(next, { cause: CAUSE });
  await settle();
  childOf('gone:going').exit();
  for (let round = 0; round < 10; round += 1) {
    clock.advance(5_000);
    await settle();
  }
  const { outcomes } = await over;
  const failed = outcomes.filter(({ ok }) => !ok);
  expect(failed).toMatchObject([
    { kind: 'remove', name: 'gone', reason: expect.stringContaining('EPERM') },
    { kind: 'restart', name: 'stuck', reason: expect.stringContaining('SIGKILL') },
  ]);
  expect(process('stuck').config.umask).toBeUndefined();
  expect(process('new').view.state).toBe('RUNNING');
  expect([...(supervisor.groups.get('gone')?.processes.keys() ?? [])]).toEqual(['gone']);
  // The next plan still has it all to do.
  const plan = await supervisor.plan(next);
  expect(plan.processes).toMatchObject([
    { kind: 'remove', name: 'gone' },
    { kind: 'restart', name: 'stuck' },
  ]);
  expect(plan.groups).toEqual({ added: [], changed: ['stuck'], removed: ['gone'] });
});

describe('a group that is replaced whole', () => {
  const pool = (events: string, ...names: string[]): GroupConfig =>
    groupConfig({
      name: 'l',
      kind: 'eventlistener',
      options: { events },
      processes: names.map((name) => program(name)),
    });

  test('is taken out of use and put into use again; who was stopped stays so', async () => {
    const { supervisor, process, childOf, update, told } = await running([pool('TICK_5', 'a', 'b', 'c')]);
    const stop = process('l:b').stop({ by: 'client' });
    childOf('l:b').exit();
    await stop.done;
    await update(pool('TICK_60', 'a', 'b', 'd'));
    expect(told.filter((line) => line.startsWith('group'))).toEqual(['group removed l', 'group added l']);
    expect(supervisor.groups.get('l')?.inStartOrder.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'a RUNNING',
      'b STOPPED',
      'd RUNNING',
    ]);
  });

  test('runs on as it was when one of it cannot be stopped', async () => {
    const { supervisor, childOf, update, told } = await running([pool('TICK_5', 'a', 'b')]);
    childOf('l:b').refusal = new Error('EPERM');
    const { outcomes } = await update(pool('TICK_60', 'a', 'b'));
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, false]);
    expect(told).toEqual([]);
    expect(supervisor.groups.get('l')?.config.options).toEqual({ events: 'TICK_5' });
    expect(supervisor.find('l:a')?.state).toBe('RUNNING');
  });
});

test('updates that overlap are carried out one after the other', async () => {
  const { supervisor, process, childOf, spawner } = await running([group('a', program('a'))]);
  const first = supervisor.update(config(group('a', program('a', { umask: 1 }))), { cause: CAUSE });
  const second = supervisor.update(config(group('a', program('a', { umask: 2 }))), { cause: CAUSE });
  await settle();
  childOf('a').exit();
  expect((await first).outcomes).toMatchObject([{ ok: true }]);
  await settle();
  childOf('a').exit();
  expect((await second).outcomes).toMatchObject([{ changes: [{ from: 1, to: 2 }], ok: true }]);
  expect(process('a').config.umask).toBe(2);
  expect(spawner.children).toHaveLength(3);
});

test('an update of some groups leaves the others for the next one', async () => {
  const { supervisor, process } = await running([group('a', program('a')), group('b', program('b'))]);
  const next = config(group('a', program('a', { priority: 1 })), group('b', program('b', { priority: 1 })));
  await supervisor.update(next, { cause: CAUSE, groups: ['b'] });
  expect([process('a').config.priority, process('b').config.priority]).toEqual([999, 1]);
  expect((await supervisor.plan(next)).processes).toMatchObject([{ kind: 'live', name: 'a' }]);
});

test('a shutdown during an update starts nothing more, and both end', async () => {
  const { supervisor, spawner } = await running([group('a', program('a'))]);
  const over = supervisor.update(config(group('a', program('a', { umask: 1 })), group('b', program('b'))), {
    cause: CAUSE,
  });
  await settle();
  const down = supervisor.shutdown();
  for (const child of spawner.living) child.exit();
  await over;
  for (const child of spawner.living) child.exit();
  await down;
  expect(spawner.living).toEqual([]);
  await expect(supervisor.update(config(), { cause: CAUSE })).rejects.toMatchObject({ code: 'TSV_NOT_RUNNING' });
});

test('plugins are given the plan before anything happens, may refuse it, and are told what was done', async () => {
  const seen: string[] = [];
  let isRefused = true;
  const plugin: Plugin = {
    name: 'watcher',
    apply(supervisor) {
      supervisor.hooks.reload.tap('watcher', ({ processes }) => {
        seen.push(`reload ${processes.map(({ kind, name }) => `${kind} ${name}`).join()}`);
        if (isRefused) throw new Error('not now');
      });
      supervisor.hooks.reconfigured.tap('watcher', ({ name, config: { umask } }, before) => {
        seen.push(`reconfigured ${name} ${before.umask} ${umask}`);
      });
      supervisor.events.on(
        'config:reloaded',
        ({ restarted, cause }) => void seen.push(`done ${restarted.join()} ${cause.by}`),
      );
    },
  };
  const { supervisor, process, update } = await running([group('a', program('a'))], [plugin]);
  const next = group('a', program('a', { umask: 1 }));
  await expect(supervisor.update(config(next), { cause: CAUSE })).rejects.toThrow('not now');
  expect(process('a').config.umask).toBeUndefined();
  await supervisor.plan(config(next));
  expect(seen).toEqual(['reload restart a']);
  isRefused = false;
  await update(next);
  expect(seen.slice(1)).toEqual(['reload restart a', 'reconfigured a undefined 1', 'done a reload']);
});

test('a process that is about to be restarted by the policy counts as running: its group is not removed', async () => {
  const again: Plugin = {
    name: 'again',
    apply: ({ hooks }) => hooks.exit.tap('again', () => ({ kind: 'restart', delayMs: 500 })),
  };
  const { supervisor, childOf, spawner, clock } = await running([group('a', program('a'))], [again]);
  childOf('a').exit();
  expect(() => supervisor.removeGroup('a')).toThrow('still has running processes');
  clock.advance(500);
  expect(spawner.living).toHaveLength(1);
});
