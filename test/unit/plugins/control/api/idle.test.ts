import { expect, test } from 'vitest';
import { ApiPlugin } from '../../../../../plugins/control/api/index.ts';
import { EventStream } from '../../../../../plugins/control/api/event-stream.ts';
import { Feed } from '../../../../../plugins/control/api/feed.ts';
import { Streams } from '../../../../../plugins/control/api/streams.ts';
import { UsageWatch } from '../../../../../plugins/control/api/usage-watch.ts';
import { stage } from '../../../../../core/testing/index.ts';

function stream(): EventStream {
  const options = { names: undefined, lastId: undefined, last: 0 };
  return new EventStream(new Feed('now'), options, new AbortController().signal);
}

test('without clients there is no timer, with one there is, and after it there is none again', async () => {
  const { supervisor, clock } = await stage([{ name: 'web' }], [new ApiPlugin()]);
  expect(clock.pending).toBe(0);
  const streams = new Streams(clock);
  const usage = new UsageWatch(supervisor, 'test');
  const one = stream();
  const undo = [streams.keepAlive(one), usage.follow(one)];
  expect(clock.pending).toBe(2);
  clock.advance(60_000);
  expect(clock.pending).toBe(2);
  for (const end of undo) end();
  expect(clock.pending).toBe(0);
});
