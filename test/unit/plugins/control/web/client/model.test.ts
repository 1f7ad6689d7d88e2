import { describe, expect, test } from 'vitest';
import { STATE_CODES } from '../../../../../../core/index.ts';
import { arrange, isOrderWaiting, shownSections } from '../../../../../../plugins/control/web/client/arrange.ts';
import { countBuckets } from '../../../../../../plugins/control/web/client/bucket.ts';
import { neighbour } from '../../../../../../plugins/control/web/client/keyboard.ts';
import { emptyModel, type Change, type Model } from '../../../../../../plugins/control/web/client/model.ts';
import { reduce } from '../../../../../../plugins/control/web/client/reduce.ts';
import { addressOf, sentenceOf, touchedBy } from '../../../../../../plugins/control/web/client/targets.ts';
import { STATES, type ProcessStatus } from '../../../../../../plugins/control/web/client/api-schema.ts';
import { status } from './status.ts';

const EMPTY = emptyModel({ version: '1', identifier: 'here', pid: 1, state: 'running', role: 'admin' });
const after = (...changes: readonly Change[]): Model => changes.reduce(reduce, EMPTY);
const all = (...processes: readonly ProcessStatus[]): Change => ({ kind: 'all', processes, now: 100_000 });
const names = (model: Model): string[] =>
  arrange(model).flatMap(({ processes }) => processes.map(({ namespec }) => namespec));

const DOWN = { pid: null, uptimeSeconds: null } as const;
const FATAL = { state: 'FATAL', health: 'failed', ...DOWN } as const;
const BACKOFF = { state: 'BACKOFF', health: 'unsteady', ...DOWN } as const;

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

  test('a counter leaves those that it counts, and pressed again leaves all', () => {
    const only: Change = { kind: 'only', bucket: 'trouble' };
    expect(names(after(mixed, only))).toEqual(['z', 'w:w2']);
    expect(names(after(mixed, only, only))).toHaveLength(5);
    expect(names(after(mixed, only, { kind: 'filter', filter: 'none such' }, { kind: 'showAll' }))).toHaveLength(5);
  });

  test('each process is counted once, and no counter goes away', () => {
    expect(countBuckets(after(mixed).processes.values())).toEqual({ trouble: 2, running: 3, changing: 0, down: 0 });
    const flapping = status({ health: 'unsteady', trouble: 'flapping: ended 113 times in 7 min' });
    expect(countBuckets(after(all(flapping)).processes.values())).toMatchObject({ trouble: 1, running: 0 });
  });

  test('a program that flaps and a listener that does not answer are at the top, though they run', () => {
    const flapping = status({ name: 'f', health: 'unsteady', trouble: 'flapping: ended 113 times in 7 min' });
    expect(names(after(all(status({ name: 'a' }), flapping)))).toEqual(['f', 'a']);
    expect(names(after(all(status({ name: 'a' }), flapping), { kind: 'filter', filter: 'flapping' }))).toEqual(['f']);
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

describe('while rows are held', () => {
  const shown = (model: Model): string[] =>
    shownSections(model).flatMap(({ processes }) => processes.map(({ namespec }) => namespec));
  const three = all(status({ name: 'a' }), status({ name: 'b' }), status({ name: 'c' }));
  const hold: Change = { kind: 'hold', isHeld: true };
  const fails: Change = { kind: 'one', process: status({ name: 'c', ...FATAL }), now: 0 };

  test('none moves, and each shows what is known of it now', () => {
    const model = after(three, hold, fails);
    expect(shown(model)).toEqual(['a', 'b', 'c']);
    expect(shownSections(model)[2]?.processes[0]).toMatchObject({ state: 'FATAL', health: 'failed' });
    expect(isOrderWaiting(model)).toBe(true);
    expect(shown(reduce(model, { kind: 'hold', isHeld: false }))).toEqual(['c', 'a', 'b']);
  });

  test('what is removed keeps its place, without anything to press, and what is new waits', () => {
    const model = after(
      three,
      hold,
      { kind: 'gone', name: 'a' },
      { kind: 'one', process: status({ name: 'd' }), now: 0 },
    );
    expect(shown(model)).toEqual(['a', 'b', 'c']);
    expect(shownSections(model)[0]?.processes[0]).toMatchObject({ isGone: true, pid: null });
    expect(shown(reduce(model, { kind: 'hold', isHeld: false }))).toEqual(['b', 'c', 'd']);
  });

  test('a row that the filter would hide by now stays, until somebody changes the filter', () => {
    const running: Change = { kind: 'only', bucket: 'running' };
    const model = after(three, running, hold, fails);
    expect(shown(model)).toEqual(['a', 'b', 'c']);
    expect(shown(reduce(model, { kind: 'filter', filter: 'b' }))).toEqual(['b']);
  });

  test('a column that is pressed sorts them, and they are held anew', () => {
    const byName: Change = { kind: 'sort', column: 'name' };
    const model = after(three, hold, fails, byName, byName);
    expect(shown(model)).toEqual(['c', 'b', 'a']);
    expect(shown(reduce(model, { kind: 'gone', name: 'b' }))).toEqual(['c', 'b', 'a']);
  });

  test('before anything was read there is nothing to hold', () => {
    expect(shown(after(hold, three))).toEqual(['a', 'b', 'c']);
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

  test('is labelled with the number of processes, or with the name of the only one', () => {
    expect(sentenceOf('stop', { kind: 'all' }, 12)).toBe('Stop 12 processes');
    expect(sentenceOf('restart', { kind: 'group', group: 'w' }, 1)).toBe('Restart 1 process');
    expect(sentenceOf('signal', { kind: 'one', name: 'w:w1' }, 1)).toBe('Signal w:w1');
  });

  test('is addressed as the API wants it', () => {
    expect([{ kind: 'all' } as const, { kind: 'group', group: 'w' } as const].map(addressOf)).toEqual(['*', 'w:*']);
  });
});
