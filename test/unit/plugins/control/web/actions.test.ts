import { describe, expect, test } from 'vitest';
import { namespec } from '../../../../../core/index.ts';
import { stage } from '../../../../../core/testing/index.ts';
import { Operations, type Outcome, type Result, type Target } from '../../../../../plugins/control/index.ts';
import { OVERALL_ACTIONS, PROCESS_ACTIONS, type ActionContext } from '../../../../../plugins/control/web/actions.ts';

const { supervisor, process } = await stage([{ name: 'web' }]);
const web = { kind: 'process', process: process(), spec: 'web' } as const;
const done: Outcome = { kind: 'done' };
const failed: Outcome = { kind: 'failed', reason: 'web' };

type Answers = Partial<Record<'start' | 'stop' | 'clear' | 'restartStop', Outcome | readonly Result[] | undefined>>;

/** Operations that answer, or fail, as told; and what was asked for. */
function context(answers: Answers = {}): ActionContext & { made: string[] } {
  const made: string[] = [];
  const answer = (name: keyof Answers): readonly Result[] => {
    const given = answers[name] ?? done;
    return 'kind' in given ? [{ group: 'web', name: 'web', spec: 'web', outcome: given }] : given;
  };
  const note = (what: string, target: Target | undefined): void =>
    void made.push(`${what} ${target?.kind === 'process' ? namespec(target.process) : target?.kind}`);
  return {
    made,
    request: { cause: { by: 'client' }, wait: true },
    now: () => new Date(2025, 10, 2, 4, 5, 6).getTime(),
    operations: {
      start: async (target) => (note('start', target), answer('start')),
      stop: async (target) => (note('stop', target), answer('stop')),
      clearLogs: async (target) => (note('clear', target), answer('clear')),
      restart: async ([target]) => {
        note('restart', target);
        const stopped = answer('restartStop');
        return { stopped, started: stopped[0]?.outcome.kind === 'failed' ? [] : answer('start') };
      },
    },
  };
}

describe('the messages are those of Supervisor', () => {
  const missing: Outcome = { kind: 'noSuchCommand', reason: 'gone' };
  const cases: readonly [keyof typeof PROCESS_ACTIONS, Answers, string][] = [
    ['start', {}, 'Process web started'],
    ['start', { start: missing }, 'ERROR: Process web: no such file'],
    ['start', { start: { ...missing, kind: 'notExecutable' } }, 'ERROR: Process web: file not executable'],
    ['start', { start: { kind: 'alreadyRunning' } }, 'ERROR: Process web: already started'],
    ['start', { start: { kind: 'startFailed' } }, 'ERROR: Process web: spawn error'],
    ['start', { start: { kind: 'interrupted' } }, 'ERROR: Process web: abnormal termination'],
    ['start', { start: failed }, 'ERROR: Process web: unexpected rpc fault [30] FAILED: web'],
    ['stop', {}, 'Process web stopped'],
    ['stop', { stop: { kind: 'notRunning' } }, 'unexpected rpc fault [70] NOT_RUNNING: web'],
    ['restart', {}, 'Process web restarted'],
    ['restart', { restartStop: { kind: 'notRunning' } }, 'Process web restarted'],
    ['clearlog', {}, 'Log for web cleared'],
    ['clearlog', { clear: failed }, 'unexpected rpc fault [30] FAILED: web'],
  ];
  for (const [action, answers, message] of cases) {
    test(`${action} ${JSON.stringify(answers)}`, async () => {
      expect(await PROCESS_ACTIONS[action](context(answers), web)).toBe(message);
    });
  }

  test('of an action on all processes', async () => {
    const all = context();
    expect(await OVERALL_ACTIONS.refresh(all)).toBe('Page refreshed at Sun Nov  2 04:05:06 2025');
    expect(all.made).toEqual([]);
    expect(await OVERALL_ACTIONS.stopall(all)).toBe('All stopped at Sun Nov  2 04:05:06 2025');
    expect(await OVERALL_ACTIONS.startall(all)).toBe('All started at Sun Nov  2 04:05:06 2025');
    expect(await OVERALL_ACTIONS.restartall(all)).toBe('All restarted at Sun Nov  2 04:05:06 2025');
    expect(all.made).toEqual(['stop all', 'start all', 'restart all']);
  });
});

test('a restart whose start fails does not claim success, as it does with Supervisor', async () => {
  const one = context({ start: { kind: 'startFailed' } });
  expect(await PROCESS_ACTIONS.restart(one, web)).toBe('ERROR: Process web: spawn error');
  expect(one.made).toEqual(['restart web']);
});

test('a restart whose stop fails says so', async () => {
  const one = context({ restartStop: failed });
  expect(await PROCESS_ACTIONS.restart(one, web)).toBe('unexpected rpc fault [30] FAILED: web');
});

test('what failed of many is named, the first five of it', async () => {
  const result = (index: number, outcome: Outcome): Result => ({
    name: `p${index}`,
    group: 'g',
    spec: `p${index}`,
    outcome,
  });
  const some = [result(0, done), result(1, { kind: 'startFailed' })];
  expect(await OVERALL_ACTIONS.restartall(context({ start: some }))).toBe(
    'All restarted at Sun Nov  2 04:05:06 2025, except for 1: SPAWN_ERROR: p1',
  );
  const many = Array.from({ length: 9 }, (_, index) => result(index, { kind: 'startFailed' }));
  expect(await OVERALL_ACTIONS.startall(context({ start: many }))).toMatch(
    /, except for 9: SPAWN_ERROR: p0; .*; SPAWN_ERROR: p4; …$/,
  );
});

test('what is no failure of a process is not made a message', async () => {
  const broken = context();
  const operations = { ...broken.operations, start: () => Promise.reject(new Error('a bug')) };
  await expect(PROCESS_ACTIONS.start({ ...broken, operations }, web)).rejects.toThrow('a bug');
});

test('the operations of a supervisor are what an action takes', async () => {
  const { clock, request } = { ...context(), clock: supervisor.clock };
  const real = {
    operations: new Operations(supervisor),
    request: { ...request, wait: false },
    now: () => clock.wall(),
  };
  expect(await PROCESS_ACTIONS.restart(real, web)).toBe('Process web restarted');
});
