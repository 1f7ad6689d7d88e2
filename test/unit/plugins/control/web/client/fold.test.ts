import { describe, expect, test } from 'vitest';
import { folded } from '../../../../../../plugins/control/web/client/fold.ts';
import { readEvent, type EventLine } from '../../../../../../plugins/control/web/client/event-line.ts';
import type { State } from '../../../../../../plugins/control/web/client/api-schema.ts';
import { status } from './status.ts';

type Told = readonly [event: string, data: object];

const CHILD = { by: 'child', detail: 'exit status 1' };
const CLIENT = { by: 'client', detail: 'tsvctl' };

const state = (from: State, to: State, cause: object, name = 'web'): Told => [
  'process:state',
  { process: status({ name, state: to }), from, cause },
];
const exited = (after: State, reason: string, more: object = {}, name = 'web'): Told => [
  'process:exited',
  { process: status({ name, state: after }), reason, expected: false, asked: false, ...more },
];
const restart = (name = 'web'): readonly Told[] => [
  state('RUNNING', 'EXITED', CHILD, name),
  exited('EXITED', 'exit status 1', {}, name),
  state('EXITED', 'STARTING', CHILD, name),
  state('STARTING', 'RUNNING', CHILD, name),
];

/** The list after these events, one each second. */
function listOf(...told: readonly Told[]): readonly EventLine[] {
  let at = 0;
  let list: readonly EventLine[] = [];
  for (const [event, data] of told) {
    const news = readEvent(event, data, (at += 1_000));
    if (news !== undefined) list = folded(list, news);
  }
  return list;
}

const lines = (...told: readonly Told[]): string[] =>
  listOf(...told).map(({ process, text, count }) => `${process} ${text} ×${count}`);

describe('the list of events', () => {
  test('tells a restart in one line', () => {
    expect(lines(...restart())).toEqual(['web exit status 1; started again ×1']);
  });

  test('counts what is the same, with the first and the last time, whatever others do in between', () => {
    const list = listOf(...Array.from({ length: 113 }, () => [...restart('a'), ...restart('b')]).flat());
    expect(list).toMatchObject([
      { process: 'a', text: 'exit status 1; started again', count: 113, since: 2_000 },
      { process: 'b', text: 'exit status 1; started again', count: 113 },
    ]);
    expect(list[1]?.at).toBe(113 * 8_000);
  });

  test('tells a stop with its signal and its end in one line, and a start after it as a restart', () => {
    const stop = [
      state('RUNNING', 'STOPPING', CLIENT),
      ['process:signalled', { process: status(), signal: 'SIGTERM', why: 'stop' }],
      state('STOPPING', 'STOPPED', CLIENT),
      exited('STOPPED', 'terminated by SIGTERM', { asked: true }),
    ] as const;
    expect(lines(...stop)).toEqual(['web stopped by a client (tsvctl): terminated by SIGTERM ×1']);
    const start = [state('STOPPED', 'STARTING', CLIENT), state('STARTING', 'RUNNING', CLIENT)];
    expect(lines(...stop, ...start)).toEqual(['web restarted by a client (tsvctl) ×1']);
  });

  test('tells tries that fail, and that it was given up', () => {
    const fail = [state('STARTING', 'BACKOFF', CHILD), exited('BACKOFF', 'exit status 3')];
    const again = state('BACKOFF', 'STARTING', CHILD);
    expect(lines(...fail, again, ...fail, again, ...fail, state('BACKOFF', 'FATAL', CHILD))).toEqual([
      'web exit status 3, too quickly; tried again ×2',
      'web exit status 3, too quickly; gave up ×1',
    ]);
  });

  test('says of an end that nothing follows from that it was not expected', () => {
    expect(lines(state('RUNNING', 'EXITED', CHILD), exited('EXITED', 'exit status 65'))).toEqual([
      'web exit status 65, not expected ×1',
    ]);
  });

  test('keeps the last three hundred lines, and each keeps its number', () => {
    const list = listOf(
      ...Array.from({ length: 400 }, (_, index) => state('STOPPED', 'STARTING', CLIENT, `p${index}`)),
    );
    expect(list).toHaveLength(300);
    expect(new Set(list.map(({ number }) => number)).size).toBe(300);
  });
});
