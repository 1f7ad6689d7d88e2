import { expect, test } from 'vitest';
import type { Plugin } from '../../../../../core/index.ts';
import { AutorestartPlugin } from '../../../../../plugins/policy/autorestart/index.ts';
import { Grouping } from '../../../../../plugins/insight/notify/grouping.ts';
import { Incidents } from '../../../../../plugins/insight/notify/incidents.ts';
import { describe, type Notification } from '../../../../../plugins/insight/notify/notification.ts';
import { settle, stage } from '../../../../../core/testing/index.ts';

/** A supervisor whose only program runs at once and is always started again; and what is told of it, message by message. */
async function watched(options: Readonly<Record<string, unknown>> = { autorestart: true }) {
  const messages: string[][] = [];
  const notify: Plugin = {
    name: 'notify-under-test',
    apply({ clock, events }) {
      const send = (news: readonly Notification[]): void => void messages.push(news.map(describe));
      const gatherer = new Grouping({ gatherMs: 5_000, remindMs: 3_600_000, clock, send });
      const incidents = new Incidents({ flapexits: 5, flapsecs: 60 }, clock, gatherer);
      events.on('process:exited', (event) => incidents.exited(event));
      events.on('process:spawn-failed', (event) => incidents.spawnFailed(event));
      events.on('process:state', (event) => incidents.changed(event));
      events.on('process:removed', (event) => incidents.removed(event));
    },
  };
  const staged = await stage([{ name: 'web', startsecs: 0, options }], [new AutorestartPlugin(), notify]);
  await staged.process().start({ by: 'client' }).done;
  /** The child ends, and a second later the next one runs. */
  const crash = async (code = 3): Promise<void> => {
    staged.spawner.last.exit({ kind: 'code', code });
    staged.clock.advance(1_000);
    await settle();
  };
  return { ...staged, messages, crash };
}

test('a crash loop of 1,000 ends is one message while it lasts, and one with the count when it is over', async () => {
  const { messages, clock, crash } = await watched();
  for (let end = 0; end < 1_000; end += 1) await crash();
  expect(messages).toEqual([
    ['web is flapping: it ended 9 times since 2026-01-01 00:00:00 UTC, last with exit status 3'],
  ]);
  clock.advance(65_000);
  expect(messages.slice(1)).toEqual([['web runs again, after it ended 1000 times since 2026-01-01 00:00:00 UTC']]);
  expect(clock.pending).toBe(0);
});

test('a program that still flaps after remindsecs is told again, with the count so far', async () => {
  const { messages, crash } = await watched();
  for (let end = 0; end < 3_700; end += 1) await crash();
  expect(messages).toHaveLength(2);
  expect(messages[1]?.[0]).toMatch(/^web is flapping: it ended 36\d\d times/);
});

test('a program that ends now and then is no news', async () => {
  const { messages, clock, crash } = await watched();
  for (let end = 0; end < 20; end += 1) {
    await crash();
    clock.advance(20_000);
  }
  expect(messages).toEqual([]);
});

test('a program that is given up is told with the reason, and its recovery, too', async () => {
  const { messages, clock, spawner, process } = await watched({ autorestart: true, startretries: 0 });
  spawner.failure = "can't find command '/no/such/program'";
  spawner.last.exit({ kind: 'code', code: 1 });
  clock.advance(6_000);
  await settle();
  clock.advance(6_000);
  expect(messages).toEqual([["web is FATAL and is not started again: can't find command '/no/such/program'"]]);
  spawner.failure = undefined;
  await process().start({ by: 'client' }).done;
  clock.advance(59_999);
  expect(messages).toHaveLength(1);
  clock.advance(5_001);
  expect(messages[1]?.[0]).toMatch(/^web runs again/);
});

test('a program that somebody stops is out of trouble without a word, and new trouble is told anew', async () => {
  const { messages, clock, spawner, crash, process } = await watched();
  for (let end = 0; end < 10; end += 1) await crash();
  const stopping = process().stop({ by: 'client' });
  await settle();
  spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
  await stopping.done;
  clock.advance(120_000);
  expect(messages).toHaveLength(1);
  expect(clock.pending).toBe(0);
  await process().start({ by: 'client' }).done;
  for (let end = 0; end < 10; end += 1) await crash();
  expect(messages).toHaveLength(2);
});
