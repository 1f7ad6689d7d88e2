import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  changeTables,
  CORE_CHANGES,
  groupConfig,
  isEmptyPlan,
  planReload,
  processConfig,
  type GroupConfig,
  type ProcessConfig,
} from '../../../../core/index.ts';
import { defineOptions } from '../../../../core/option.ts';

const schema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const;
const option = (change: 'live' | 'start' | 'restart') => ({ schema, default: undefined, change, description: 'x' });
const tables = changeTables([
  {
    sections: {
      program: defineOptions({
        flapexits: option('live'),
        nicename: option('start'),
        token: { ...option('restart'), secret: true },
      }),
      group: defineOptions({ quorum: option('live') }),
      eventlistener: defineOptions({ patience: option('live') }),
      notify: defineOptions({ url: option('restart') }),
    },
  },
]);

const program = (name: string, more: Partial<ProcessConfig> = {}): ProcessConfig =>
  processConfig({ name, command: '/bin/true', ...more });
const group = (name: string, ...processes: ProcessConfig[]): GroupConfig => groupConfig({ name, processes });

function plan(
  before: readonly GroupConfig[],
  after: readonly GroupConfig[],
  {
    isWanted = () => true,
    sections = [{}, {}],
  }: {
    isWanted?: (group: string, name: string) => boolean;
    sections?: readonly [Record<string, Record<string, unknown>>, Record<string, Record<string, unknown>>];
  } = {},
) {
  const [from, to] = sections;
  return planReload(
    { groups: before, sections: from },
    { groups: after, sections: to },
    { tables, equal: isDeepStrictEqual, isWanted },
  );
}

test('a configuration that says the same is no plan at all', () => {
  const same = plan(
    [group('g', program('a'), program('b', { environment: { A: '1', B: '2' } }))],
    [group('g', program('a'), program('b', { environment: { B: '2', A: '1' } }))],
  );
  expect(isEmptyPlan(same)).toBe(true);
  expect(same).toMatchObject({ processes: [], unchanged: 2 });
});

test('a changed member of a group leaves its siblings out of the plan, though the group is told as changed', () => {
  const { processes, groups, unchanged } = plan(
    [group('g', program('a'), program('b'))],
    [group('g', program('a'), program('b', { command: '/bin/false' }))],
  );
  expect(processes).toEqual([
    {
      kind: 'restart',
      group: 'g',
      name: 'b',
      changes: [{ option: 'command', from: '/bin/true', to: '/bin/false', change: 'restart', isSecret: false }],
    },
  ]);
  expect(groups).toEqual({ added: [], changed: ['g'], removed: [] });
  expect(unchanged).toBe(1);
});

test.each(Object.entries(CORE_CHANGES))('%s takes what the table of the core says: %s', (name, change) => {
  const values = { from: program('a'), to: program('a', { [name]: 'another' }) };
  const { processes } = plan([group('a', values.from)], [group('a', values.to)]);
  expect(processes).toMatchObject([{ kind: change, changes: [{ option: name, change }] }]);
});

test('the options of plugins take what their tables say; one that nobody knows takes a restart', () => {
  const kinds = (options: Record<string, unknown>): string[] =>
    plan([group('a', program('a'))], [group('a', program('a', { options }))]).processes.map(({ kind }) => kind);
  expect(kinds({ flapexits: 3 })).toEqual(['live']);
  expect(kinds({ nicename: 3 })).toEqual(['start']);
  expect(kinds({ nicename: 3, flapexits: 3 })).toEqual(['start']);
  expect(kinds({ nobodys: 3, flapexits: 3 })).toEqual(['restart']);
  expect(kinds({ constructor: 3 })).toEqual(['restart']);
});

test('a process that is down and not wanted up is not restarted: the change waits for its next start', () => {
  const changed = [[group('a', program('a'))], [group('a', program('a', { command: 'x', priority: 1 }))]] as const;
  expect(plan(...changed, { isWanted: () => false }).processes).toMatchObject([{ kind: 'start' }]);
});

test('another number of processes adds or removes members, and nothing else', () => {
  const [one, two, three] = [program('p_0'), program('p_1'), program('p_2')];
  const more = plan([group('p', one, two)], [group('p', one, two, three)]);
  expect(more).toMatchObject({ processes: [{ kind: 'add', name: 'p_2' }], unchanged: 2, groupOptions: [] });
  const less = plan([group('p', one, two, three)], [group('p', one)]);
  expect(less.processes.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['remove p_1', 'remove p_2']);
});

test('a program that moves to another group is removed there and added here, the removal first', () => {
  const { processes } = plan([group('a', program('a'))], [group('g', program('a'))]);
  expect(processes).toEqual([
    { kind: 'remove', group: 'a', name: 'a' },
    { kind: 'add', group: 'g', name: 'a' },
  ]);
});

describe('groups', () => {
  test('priority and order of the members are changed without touching a process', () => {
    const [a, b] = [program('a'), program('b')];
    const { processes, groupOptions } = plan(
      [groupConfig({ name: 'g', priority: 1, processes: [a, b], options: { quorum: 1 } })],
      [groupConfig({ name: 'g', priority: 2, processes: [b, a], options: { quorum: 2 } })],
    );
    expect(processes).toEqual([]);
    expect(groupOptions).toMatchObject([{ group: 'g', isReplaced: false }]);
    expect(groupOptions[0]?.changes.map(({ option: name }) => name)).toEqual(['priority', 'programs', 'quorum']);
  });

  test('a group of another kind whose options changed is replaced whole, and every member says why', () => {
    const pool = (events: string[]) =>
      groupConfig({
        name: 'l',
        kind: 'eventlistener',
        options: { events },
        processes: [program('l_0'), program('l_1')],
      });
    const { processes, groupOptions } = plan([pool(['TICK_5'])], [pool(['TICK_60'])]);
    expect(groupOptions).toMatchObject([{ group: 'l', isReplaced: true }]);
    expect(processes).toMatchObject([
      { kind: 'restart', name: 'l_0', changes: [{ option: 'events', from: ['TICK_5'], to: ['TICK_60'] }] },
      { kind: 'restart', name: 'l_1', changes: [{ option: 'events' }] },
    ]);
  });

  test('an option of such a group that acts at once replaces nothing', () => {
    const pool = (patience: number) =>
      groupConfig({ name: 'l', kind: 'eventlistener', options: { patience }, processes: [program('l')] });
    const { processes, groupOptions } = plan([pool(1)], [pool(2)]);
    expect([processes, groupOptions.map(({ isReplaced }) => isReplaced)]).toEqual([[], [false]]);
  });

  test('a group that becomes one of another kind is replaced whole', () => {
    const { processes, groupOptions } = plan(
      [group('a', program('a'))],
      [groupConfig({ name: 'a', kind: 'eventlistener', processes: [program('a')] })],
    );
    expect(groupOptions).toMatchObject([{ isReplaced: true, changes: [{ option: 'type' }] }]);
    expect(processes).toMatchObject([{ kind: 'restart' }]);
  });
});

test('what concerns the daemon as a whole is told apart; its environment reaches programs without a restart of it', () => {
  const { daemon, processes } = plan([], [], {
    sections: [
      { supervisord: { logfile: '/a', environment: { A: '1' } }, http: { servers: [1] } },
      { supervisord: { logfile: '/b', environment: { A: '2' } }, http: { servers: [1] }, 'notify:x': { url: 'u' } },
    ],
  });
  expect(processes).toEqual([]);
  expect(daemon.map(({ section, option: name }) => `${section} ${name}`)).toEqual([
    'supervisord logfile',
    'notify:x url',
  ]);
});

test('an option that is secret in any table is marked so, and the environment always is', () => {
  const { processes } = plan(
    [group('a', program('a'))],
    [group('a', program('a', { environment: { A: '1' }, options: { token: 'x', flapexits: 2 } }))],
  );
  const secrets = processes.flatMap((entry) =>
    'changes' in entry ? entry.changes.map(({ option: name, isSecret }) => [name, isSecret]) : [],
  );
  expect(Object.fromEntries(secrets)).toEqual({ environment: true, token: true, flapexits: false });
});

test('the groups of a user are looked up at each start, and are no change', () => {
  const user = { name: 'web', uid: 7, gid: 7, groups: [7] };
  const before = [group('g', program('p', { user }))];
  const nothing = plan(before, [group('g', program('p', { user: { ...user, groups: [7, 8] } }))]);
  expect(isEmptyPlan(nothing)).toBe(true);
  expect(nothing.groups.changed).toEqual([]);
});

test('a user who has another id under the same name is shown with both', () => {
  const user = { name: 'web', uid: 7, gid: 7, groups: [7] };
  const { processes } = plan(
    [group('g', program('p', { user }))],
    [group('g', program('p', { user: { ...user, uid: 9 } }))],
  );
  expect(processes).toMatchObject([
    { changes: [{ option: 'user', from: { name: 'web (uid 7, gid 7)' }, to: { name: 'web (uid 9, gid 7)' } }] },
  ]);
});
