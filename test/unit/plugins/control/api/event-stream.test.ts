import { expect, test } from 'vitest';
import { EventStream } from '../../../../../plugins/control/api/event-stream.ts';
import { Feed } from '../../../../../plugins/control/api/feed.ts';

/** A feed of this many events, of which three are kept. */
function feedOf(count: number): Feed {
  const feed = new Feed('now', 3);
  for (let number = 0; number < count; number += 1) feed.add(number % 2 === 0 ? 'even' : 'odd', () => ({ number }));
  return feed;
}

async function first(feed: Feed, options: Partial<ConstructorParameters<typeof EventStream>[1]> = {}): Promise<string> {
  const stream = new EventStream(feed, { names: undefined, lastId: undefined, last: 0, ...options }, signal());
  return String((await stream.next()).value);
}

function signal(): AbortSignal {
  return new AbortController().signal;
}

const event = (number: number): string =>
  `id: now-${number}\nevent: ${number % 2 === 0 ? 'even' : 'odd'}\ndata: {"number":${number}}\n\n`;

test('a new client is told where it is, and gets what comes from then on', async () => {
  const feed = feedOf(2);
  const stream = new EventStream(feed, { names: undefined, lastId: undefined, last: 0 }, signal());
  expect((await stream.next()).value).toBe('retry: 2000\nid: now-1\n\n');
  const next = stream.next();
  feed.add('even', () => ({ number: 2 }));
  expect((await next).value).toBe(event(2));
});

test('a client that comes back gets what it has missed', async () => {
  expect(await first(feedOf(3), { lastId: 'now-0' })).toBe(`retry: 2000\nid: now-0\n\n${event(1)}${event(2)}`);
  expect(await first(feedOf(3), { lastId: 'now--1' })).toContain(event(0));
  expect(await first(feedOf(3), { lastId: 'now-2' })).toBe('retry: 2000\nid: now-2\n\n');
});

test('what is no longer kept is a gap, with its size', async () => {
  expect(await first(feedOf(10), { lastId: 'now-4' })).toBe(
    `retry: 2000\nid: now-4\n\nevent: gap\ndata: {"missed":2}\n\n${event(7)}${event(8)}${event(9)}`,
  );
});

test.each(['old-5', 'now-77', 'nonsense', 'now-', 'now-99999999999999999999', ''])(
  'the mark %j of another time is a gap of unknown size',
  async (lastId) => {
    expect(await first(feedOf(5), { lastId })).toBe('retry: 2000\nid: now-4\n\nevent: gap\ndata: {"missed":null}\n\n');
  },
);

test('a client may begin with the last events, and choose them by name', async () => {
  expect(await first(feedOf(3), { last: 2 })).toContain(event(1) + event(2));
  expect(await first(feedOf(10), { last: 100 })).toContain(event(7));
  expect(await first(feedOf(3), { last: 3, names: new Set(['odd']) })).toBe(`retry: 2000\nid: now--1\n\n${event(1)}`);
});

test('what is offered out of turn replaces what was not taken, and the end ends it', async () => {
  const over = new AbortController();
  const stream = new EventStream(feedOf(0), { names: undefined, lastId: undefined, last: 0 }, over.signal);
  await stream.next();
  stream.offer('a');
  stream.offer('b');
  stream.keepAlive();
  expect((await stream.next()).value).toBe('b');
  stream.keepAlive();
  expect((await stream.next()).value).toBe('id: now--1\n\n');
  const next = stream.next();
  over.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
