import { describe, expect, test } from 'vitest';
import { STATE_CODES } from '../../../../../core/index.ts';
import { arrange, countStates } from '../../../../../plugins/web/client/arrange.ts';
import { neighbour } from '../../../../../plugins/web/client/keyboard.ts';
import { emptyModel, type Change, type Model } from '../../../../../plugins/web/client/model.ts';
import { reduce } from '../../../../../plugins/web/client/reduce.ts';
import { addressOf, sentenceOf, touchedBy } from '../../../../../plugins/web/client/targets.ts';
import { STATES, type ProcessStatus } from '../../../../../plugins/web/client/wire.ts';
import { status } from './status.ts';

const EMPTY = emptyModel({ version: '1', identifier: 'here', pid: 1, state: 'running', role: 'admin' });
const after = (...changes: readonly Change[]): Model => changes.reduce(reduce, EMPTY);
const all = (...processes: readonly ProcessStatus[]): Change => ({ kind: 'all', processes, now: 100_000 });
const names = (model: Model): string[] =>
  arrange(model).flatMap(({ processes }) => processes.map(({ namespec }) => namespec));

const DOWN = { pid: null, uptimeSeconds: null } as const;
const FATAL = { state: 'FATAL', ...DOWN } as const;
const BACKOFF = { state: 'BACKOFF', ...DOWN } as const;

test('the page knows all states', () => {
  expect([...STATES].sort()).toEqual(Object.keys(STATE_CODES).sort());
});

describe('the order of rows', () => {
  const mixed = all(
    status({ name: 'a' }),
    status({ name: 'w1', group: 'w' }),
    status({ name: 'w2', group: 'w', ...BACKOFF }),
    status({ name: 'b' }),
    status({ name: 'z', ...FATAL }),
  );

  test('trouble is at the top, groups stay together, and the rest as the daemon has it', () => {
    expect(names(after(mixed))).toEqual(['z', 'w:w2', 'w:w1', 'a', 'b']);
  });

  test('the daemon’s own word on trouble counts, where it says it', () => {
    const expected = status({
      name: 'job',
      state: 'EXITED',
      ...DOWN,
      exit: { kind: 'code', code: 2 },
      health: 'sound',
    });
    expect(names(after(all(status({ name: 'a' }), expected)))).toEqual(['a', 'job']);
  });

  test('a column sorts all of them, again turns it around, and a third time leads back', () => {
    const restarts = all(status({ name: 'a', restarts: 1 }), status({ name: 'b', restarts: 9 }), status({ name: 'c' }));
    const sort: Change = { kind: 'sort', column: 'restarts' };
    expect(names(after(restarts, sort))).toEqual(['b', 'a', 'c']);
    expect(names(after(restarts, sort, sort))).toEqual(['c', 'a', 'b']);
    expect(names(after(restarts, sort, sort, sort))).toEqual(['a', 'b', 'c']);
  });

  test('names are sorted as people count', () => {
    const sort: Change = { kind: 'sort', column: 'name' };
    expect(names(after(all(status({ name: 'w10' }), status({ name: 'w9' })), sort))).toEqual(['w9', 'w10']);
  });

  test('a filter leaves what has all of its words, in the name, the state or the reason', () => {
    expect(names(after(mixed, { kind: 'filter', filter: 'W: back' }))).toEqual(['w:w2']);
    expect(names(after(mixed, { kind: 'filter', filter: 'none such' }))).toEqual([]);
    expect(arrange(after(mixed, { kind: 'filter', filter: 'w2' }))[0]).toMatchObject({ running: 1, total: 2 });
  });

  test('a state leaves those in it, and pressed again leaves all', () => {
    const only: Change = { kind: 'only', state: 'FATAL' };
    expect(names(after(mixed, only))).toEqual(['z']);
    expect(names(after(mixed, only, only))).toHaveLength(5);
  });

  test('states are counted in the order in which somebody should look', () => {
    expect(countStates(after(mixed).processes.values())).toEqual([
      ['FATAL', 1],
      ['BACKOFF', 1],
      ['RUNNING', 3],
    ]);
  });

  test('the keyboard goes from row to row as they are shown, and stops at the ends', () => {
    const sections = arrange(after(mixed));
    expect(neighbour(sections, undefined, 1)).toBe('z');
    expect(neighbour(sections, 'z', 1)).toBe('w:w2');
    expect(neighbour(sections, 'z', -1)).toBe('z');
    expect(neighbour(sections, 'b', 1)).toBe('b');
    expect(neighbour(sections, 'hidden', 1)).toBe('z');
    expect(neighbour([], 'z', 1)).toBeUndefined();
  });
});

describe('what is known of a process', () => {
  test('is the same object while nothing changes, however often it is read', () => {
    const once = after(all(status()));
    const again = reduce(once, { kind: 'all', processes: [status({ uptimeSeconds: 22 })], now: 112_000 });
    expect(again.processes.get('web')).toBe(once.processes.get('web'));
  });

  test('its uptime runs on the clock of the page', () => {
    expect(after(all(status())).processes.get('web')?.upSince).toBe(90_000);
    const restarted = status({ startedAt: '2026-01-01T00:01:00.000Z', uptimeSeconds: 0 });
    const next = after(all(status()), { kind: 'one', process: restarted, now: 200_000 });
    expect(next.processes.get('web')?.upSince).toBe(200_000);
  });

  test('an uptime that an old event told is put right when everything is read', () => {
    const stale: Change = { kind: 'one', process: status({ uptimeSeconds: 1 }), now: 100_000 };
    expect(after(stale).processes.get('web')?.upSince).toBe(99_000);
    expect(after(stale, all(status({ uptimeSeconds: 60 }))).processes.get('web')?.upSince).toBe(40_000);
  });

  test('goes when it goes, with its curves', () => {
    const usage: Change = { kind: 'usage', samples: [{ namespec: 'web', cpu: 1, memoryBytes: 2, processes: 1 }] };
    const gone = after(all(status()), usage, { kind: 'gone', name: 'web' });
    expect([gone.processes.size, gone.histories.size]).toEqual([0, 0]);
  });

  test('its curves keep two minutes, and fall to nothing while it is down', () => {
    const usage: Change = { kind: 'usage', samples: [{ namespec: 'web', cpu: 0.5, memoryBytes: 1, processes: 1 }] };
    const model = after(all(status(), status({ name: 'never', ...DOWN })), ...Array.from({ length: 99 }, () => usage), {
      kind: 'usage',
      samples: [],
    });
    expect(model.histories.get('web')?.cpu).toHaveLength(60);
    expect(model.histories.get('web')?.cpu.slice(-2)).toEqual([0.5, 0]);
    expect(model.histories.has('never')).toBe(false);
  });
});

describe('an action', () => {
  const { processes } = after(
    all(
      status({ name: 'w1', group: 'w' }),
      status({ name: 'w2', group: 'w', state: 'STOPPED', ...DOWN }),
      status({ name: 'z', ...FATAL }),
    ),
  );
  const touched = (...[action, target]: [Parameters<typeof touchedBy>[0], Parameters<typeof touchedBy>[1]]) =>
    touchedBy(action, target, processes).map(({ namespec }) => namespec);

  test('on many is about those to which it makes a difference', () => {
    expect(touched('start', { kind: 'all' })).toEqual(['w:w2', 'z']);
    expect(touched('stop', { kind: 'all' })).toEqual(['w:w1']);
    expect(touched('restart', { kind: 'group', group: 'w' })).toEqual(['w:w1', 'w:w2']);
    expect(touched('signal', { kind: 'all' })).toEqual(['w:w1']);
  });

  test('says how many, or whom', () => {
    expect(sentenceOf('stop', { kind: 'all' }, 12)).toBe('Stop 12 processes');
    expect(sentenceOf('restart', { kind: 'group', group: 'w' }, 1)).toBe('Restart 1 process');
    expect(sentenceOf('signal', { kind: 'one', name: 'w:w1' }, 1)).toBe('Signal w:w1');
  });

  test('is addressed as the API wants it', () => {
    expect([{ kind: 'all' } as const, { kind: 'group', group: 'w' } as const].map(addressOf)).toEqual(['*', 'w:*']);
  });
});
