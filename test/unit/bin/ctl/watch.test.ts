import { describe, expect, test } from 'vitest';
import { cutToWidth } from '../../../../bin/ctl/process-table.ts';
import { failure, fakeSession, info } from './fake-session.ts';

const web = (pid: number, description = `pid ${pid}, uptime 0:00:0${pid}`) =>
  info('web', 20, 'RUNNING', { pid, description });
const dead = info('bad', 200, 'FATAL', { description: 'spawn error' });

/** Watches while the daemon answers these, one after the other, a second apart. */
async function watched(answers: readonly (readonly ReturnType<typeof info>[] | Error)[], options = {}, words = '') {
  const left = [answers[0] ?? [], ...answers];
  const watching = fakeSession({
    ...options,
    answers: { getAllProcessInfo: () => wrapped(left.length > 1 ? left.shift() : left[0]) },
  });
  const over = watching.session.run(`status --watch ${words}`);
  for (let seconds = 0; seconds < answers.length; seconds += 1) {
    for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    watching.clock.advance(1_000);
  }
  for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  watching.interrupt.abort();
  await over;
  return { ...watching.did, pending: watching.clock.pending, exitStatus: watching.session.exitStatus };
}

function wrapped(answer: readonly ReturnType<typeof info>[] | Error | undefined) {
  return answer instanceof Error ? answer : [...(answer ?? [])];
}

test.each([false, true])(
  'status --watch of names that nothing is called by ends (at a terminal: %s)',
  async (isForPeople) => {
    const { session, did } = fakeSession({ isForPeople, answers: { getAllProcessInfo: [web(1)] } });
    await session.run('status --watch nosuch'); // and settles
    expect(did.output).toBe('nosuch: ERROR (no such process)\n');
    expect(session.exitStatus).toBe(4);
  },
);

describe('status --watch, from a pipe', () => {
  test('prints all once, then a line for each change; an uptime that grows is none', async () => {
    const { output, pending } = await watched([
      [web(1), dead],
      [web(1, 'pid 1, uptime 0:00:09'), dead],
      [web(2), dead],
      [dead],
    ]);
    expect(output.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      'web RUNNING pid 1, uptime 0:00:01',
      'bad FATAL spawn error',
      'web RUNNING pid 2, uptime 0:00:02',
      'web: removed',
      '',
    ]);
    expect(pending).toBe(0);
  });

  test('with --json prints one document a line', async () => {
    const { output } = await watched([[web(1)], [web(2)], []], {}, '--json');
    const documents = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(documents).toEqual([web(1), web(2), { group: 'web', name: 'web', removed: true }]);
  });

  test('outlives the daemon, and says so once on stderr', async () => {
    const down = failure({ kind: 'refused' });
    const { output, errors } = await watched([[web(1)], down, down, [web(2)]]);
    expect(output.trimEnd().split('\n')).toHaveLength(2);
    expect(errors).toBe('something is wrong: refused; trying again\nunix:///s answers again\n');
  });

  test('shows only what was named, and tells of a name that is not there', async () => {
    const { output, exitStatus } = await watched([[web(1), dead]], {}, 'bad nope');
    expect(output).toContain('nope: ERROR (no such process)');
    expect(output).not.toContain('RUNNING');
    expect(exitStatus).toBe(4);
  });
});

describe('status --watch, on a terminal', () => {
  test('draws on the other screen, and leaves the last table behind', async () => {
    const { output } = await watched(
      [
        [web(1), dead],
        [web(2), dead],
      ],
      { isForPeople: true },
    );
    const [, screens = '', after = ''] = output.split(/\p{Cc}\[\?1049[hl]/u);
    expect(screens.split('\u001b[H').length).toBeGreaterThan(2);
    expect(screens).toContain('unix:///s: 1 of 2 up. Ctrl-C leaves.');
    expect(after.replaceAll(/ +/g, ' ')).toContain('web RUNNING pid 2, uptime 0:00:02\nbad FATAL spawn error\n');
  });

  test('a small screen shows those in trouble first, and how many are left out', async () => {
    const many = [...Array.from({ length: 20 }, (_, i) => info(`p${i}`, 20, 'RUNNING')), dead];
    const { output } = await watched([many], { isForPeople: true, rows: 8 });
    const screen = output.slice(0, output.indexOf('\u001b[J'));
    expect(screen).toContain('bad');
    expect(screen).toContain('and 17 more');
    expect(screen.split('\n')).toHaveLength(7);
  });

  test('lines are cut to its width, colours counting for nothing', () => {
    expect(cutToWidth('\u001b[32mabc\u001b[0mdef', 4)).toBe('\u001b[32mabc\u001b[0md');
  });
});
