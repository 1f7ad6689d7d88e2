import { expect, test } from 'vitest';
import {
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type Child,
  type Clock,
  type Exit,
} from '../../../../core/index.ts';
import { AutorestartPlugin } from '../../../../plugins/autorestart/index.ts';

/** A supervisor whose children end when told to, on a clock that stands still until moved. */
async function supervised(options: Readonly<Record<string, unknown>>, startsecs: number) {
  let now = 0;
  let timers: { at: number; callback: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    wall: () => now,
    setTimer(delayMs, callback) {
      const timer = { at: now + delayMs, callback };
      timers.push(timer);
      return { cancel: () => (timers = timers.filter((other) => other !== timer)) };
    },
  };
  const starts: number[] = [];
  let end: (exit: Exit) => void = () => undefined;
  const spawner = {
    spawn(_: unknown, done: (result: { kind: 'child'; child: Child }) => void) {
      starts.push(now);
      const pid = starts.length;
      done({ kind: 'child', child: { pid, signal: () => 'sent', onExit: (callback) => (end = callback) } });
    },
  };
  const config = supervisorConfig({
    groups: [groupConfig({ processes: [processConfig({ name: 'web', command: '/bin/true', startsecs, options })] })],
  });
  const supervisor = new Supervisor({ config, clock, spawner, plugins: [new AutorestartPlugin()] });
  const expected: boolean[] = [];
  supervisor.events.on('process:exited', (exited) => expected.push(exited.expected));
  await supervisor.start();
  return {
    starts,
    expected,
    state: () => supervisor.find('web')?.state,
    exit: (exit: Exit) => end(exit),
    advance(ms: number) {
      for (const until = now + ms; ;) {
        const [due] = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        now = due?.at ?? until;
        if (due === undefined) return;
        timers = timers.filter((other) => other !== due);
        due.callback();
      }
    },
  };
}

test('a program that never comes up is tried after 1, 2 and 3 seconds, then FATAL', async () => {
  const web = await supervised({}, 10);
  for (const seconds of [1, 2, 3]) {
    web.exit({ kind: 'code', code: 1 });
    expect(web.state()).toBe('BACKOFF');
    web.advance(seconds * 1_000);
    expect(web.state()).toBe('STARTING');
  }
  web.exit({ kind: 'code', code: 1 });
  expect(web.state()).toBe('FATAL');
  expect(web.starts).toEqual([0, 1_000, 3_000, 6_000]);
});

test('a program that exits at once is started once a second, not in a hot loop', async () => {
  const web = await supervised({ autorestart: true }, 0);
  for (let n = 0; n < 3; n += 1) {
    web.advance(300);
    web.exit({ kind: 'code', code: 0 });
    expect(web.state()).toBe('EXITED');
    web.advance(700);
    expect(web.state()).toBe('RUNNING');
  }
  expect(web.starts).toEqual([0, 1_000, 2_000, 3_000]);
});

test('a program that was up is restarted in the same moment', async () => {
  const web = await supervised({ exitcodes: [0, 7] }, 1);
  web.advance(60_000);
  web.exit({ kind: 'signal', signal: 'SIGSEGV' });
  expect(web.state()).toBe('STARTING');
  expect(web.starts).toEqual([0, 60_000]);
  web.advance(5_000);
  web.exit({ kind: 'code', code: 7 });
  expect(web.state()).toBe('EXITED');
  expect(web.expected).toEqual([false, true]);
});
