import { expect, test } from 'vitest';
import { AutorestartPlugin } from '../../../../../plugins/policy/autorestart/index.ts';
import { stage, type Stage } from '../../../../../core/testing/index.ts';

/** One program that is started at 0. */
async function supervised(options: Readonly<Record<string, unknown>>, startsecs: number): Promise<Stage> {
  return stage([{ name: 'web', autostart: true, startsecs, options }], [new AutorestartPlugin()]);
}

function startsOf({ supervisor }: Stage): number[] {
  const starts: number[] = [];
  const note = (): void => void starts.push(supervisor.clock.now());
  supervisor.events.on('process:spawned', note);
  note();
  return starts;
}

test('a program that never comes up is tried after 1, 2 and 3 seconds, then FATAL', async () => {
  const web = await supervised({}, 10);
  const starts = startsOf(web);
  for (const seconds of [1, 2, 3]) {
    web.spawner.last.exit({ kind: 'code', code: 1 });
    expect(web.process().state).toBe('BACKOFF');
    web.clock.advance(seconds * 1_000);
    expect(web.process().state).toBe('STARTING');
  }
  web.spawner.last.exit({ kind: 'code', code: 1 });
  expect(web.process().state).toBe('FATAL');
  expect(starts).toEqual([0, 1_000, 3_000, 6_000]);
});

test('a program that was up once has all its tries again', async () => {
  const web = await supervised({ startretries: 1 }, 10);
  web.spawner.last.exit({ kind: 'code', code: 1 });
  web.clock.advance(1_000 + 10_000);
  expect(web.process().state).toBe('RUNNING');
  web.spawner.last.exit({ kind: 'code', code: 1 });
  web.spawner.last.exit({ kind: 'code', code: 1 });
  expect(web.process().state).toBe('BACKOFF');
});

test('a program that exits at once is started once a second, not in a hot loop', async () => {
  const web = await supervised({ autorestart: true }, 0);
  const starts = startsOf(web);
  for (let n = 0; n < 3; n += 1) {
    web.clock.advance(300);
    web.spawner.last.exit({ kind: 'code', code: 0 });
    expect(web.process().state).toBe('EXITED');
    web.clock.advance(700);
    expect(web.process().state).toBe('RUNNING');
  }
  expect(starts).toEqual([0, 1_000, 2_000, 3_000]);
});

test('a program that was up is restarted in the same moment', async () => {
  const web = await supervised({ exitcodes: [0, 7] }, 1);
  const starts = startsOf(web);
  web.clock.advance(60_000);
  web.spawner.last.exit({ kind: 'signal', signal: 'SIGSEGV' });
  expect(web.process().state).toBe('STARTING');
  expect(starts).toEqual([0, 60_000]);
  web.clock.advance(5_000);
  web.spawner.last.exit({ kind: 'code', code: 7 });
  expect(web.process().state).toBe('EXITED');
  const exits = web.seen.flatMap(({ name, payload }) => (name === 'process:exited' ? payload.expected : []));
  expect(exits).toEqual([false, true]);
});
