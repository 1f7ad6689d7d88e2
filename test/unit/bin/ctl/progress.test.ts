import { expect, test } from 'vitest';
import { describeProgress } from '../../../../bin/ctl/progress.ts';
import { fakeSession, info } from './fake-session.ts';

const many = (count: number, state: number, name: string) =>
  Array.from({ length: count }, (_, i) => info(`p${i}`, state, name));

test('a long stop is told by how many are left, and which', () => {
  const infos = [...many(190, 0, 'STOPPED'), ...many(10, 40, 'STOPPING')];
  expect(describeProgress({ kind: 'stopping', target: undefined }, infos, 3_700)).toBe(
    'stopping 200 processes, 10 left: p0, p1, p2, p3, p4, p5, p6, p7, ... (3 s)',
  );
});

test('only the processes that the command is about count', () => {
  const infos = [
    info('web', 10, 'STARTING'),
    info('a', 10, 'STARTING', { group: 'g' }),
    info('b', 20, 'RUNNING', { group: 'g' }),
  ];
  const goal = { kind: 'starting', target: { group: 'g', process: undefined } } as const;
  expect(describeProgress(goal, infos, 1_000)).toBe('starting 2 processes, 1 left: g:a (1 s)');
  const one = { kind: 'starting', target: { group: 'web', process: 'web' } } as const;
  expect(describeProgress(one, infos, 1_000)).toBe('starting: web (1 s)');
  expect(describeProgress({ ...one, kind: 'stopping' }, [info('web', 0, 'STOPPED')], 1_000)).toBeUndefined();
});

test('a restart of several says what it stops, then what it starts', () => {
  const target = ['a', 'b'].map((name) => ({ group: name, process: name }));
  const goal = { kind: 'restarting', target } as const;
  const [a, b, c] = [info('a', 40, 'STOPPING'), info('b', 0, 'STOPPED'), info('c', 10, 'STARTING')];
  expect(describeProgress(goal, [a, b, c], 1_000)).toBe('stopping 2 processes, 1 left: a (1 s)');
  expect(describeProgress(goal, [info('a', 10, 'STARTING'), b, c], 2_000)).toBe(
    'starting 2 processes, 1 left: a (2 s)',
  );
});

test('people see it after a second of waiting, and no more once the result is there', async () => {
  let stopped: () => void = () => undefined;
  const waiting = new Promise<boolean>((resolve) => (stopped = () => resolve(true)));
  const { session, did, clock } = fakeSession({
    isForPeople: true,
    answers: { getAllProcessInfo: [info('web', 40, 'STOPPING')], stopProcess: () => waiting },
  });
  const over = session.run('stop web');
  const turn = async () => {
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  await turn();
  clock.advance(999);
  await turn();
  expect(did.progress).toEqual([]);
  clock.advance(1);
  await turn();
  expect(did.progress).toEqual(['stopping: web (1 s)']);
  stopped();
  await over;
  expect(did.progress).toEqual(['stopping: web (1 s)', undefined]);
  expect([did.output, clock.pending]).toEqual(['web: stopped\n', 0]);
});

test('scripts get the result, and the daemon is asked nothing else', async () => {
  const { session, did } = fakeSession({ answers: { stopAllProcesses: [] } });
  await session.run('stop all');
  expect(did.calls).toEqual(['getVersion', 'stopAllProcesses']);
});
