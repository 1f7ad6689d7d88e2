import { expect, test } from 'vitest';
import { ApiError } from '../../../../../../plugins/control/web/client/api.ts';
import type { Connection } from '../../../../../../plugins/control/web/client/model.ts';
import { Stream } from '../../../../../../plugins/control/web/client/stream.ts';
import { FakeClock } from '../../../../../../core/testing/index.ts';

/** A stream whose connections the test makes: each opening waits for `answer`. */
function streamUnderTest(silenceMs?: number) {
  const clock = new FakeClock();
  const states: Connection[] = [];
  const events: string[] = [];
  const opened: { readonly lastId: string; readonly answer: (response: Response | Error) => void }[] = [];
  const stream = new Stream({
    open: (lastId, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new TypeError('aborted')));
        const answer = (given: Response | Error): void => (given instanceof Error ? reject(given) : resolve(given));
        opened.push({ lastId, answer });
      }),
    onEvent: ({ data }) => events.push(data),
    onState: (state) => states.push(state),
    clock,
    random: () => 1,
    ...(silenceMs !== undefined && { silenceMs }),
  });
  return { clock, stream, states, events, opened };
}

/** Lets everything that is settled be noticed. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('after a break it is opened again behind the last event', async () => {
  const { clock, stream, states, events, opened } = streamUnderTest();
  stream.start();
  opened[0]?.answer(new Response('id: a-4\ndata: one\n\n'));
  await settled();
  expect(events).toEqual(['one']);
  expect(states).toEqual([
    { kind: 'live' },
    {
      kind: 'lost',
      why: 'the server ended the connection',
      seen: clock.now(),
      seenWall: clock.wall(),
      retryAt: clock.now() + 500,
    },
  ]);
  clock.advance(500);
  expect(opened.map(({ lastId }) => lastId)).toEqual(['', 'a-4']);
});

test('each attempt that fails is followed by a longer pause, up to a bound, and an event makes them short again', async () => {
  const { clock, stream, opened } = streamUnderTest();
  stream.start();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    opened.at(-1)?.answer(new TypeError('Failed to fetch'));
    await settled();
    const count = opened.length;
    let waited = 0;
    for (; opened.length === count; waited += 500) clock.advance(500);
    pauses.push(waited);
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  opened.at(-1)?.answer(new Response('data: back\n\n'));
  await settled();
  const count = opened.length;
  clock.advance(500);
  expect(opened.length).toBe(count + 1);
});

test('why it broke is said in words', async () => {
  const { stream, states, opened } = streamUnderTest();
  stream.start();
  opened[0]?.answer(new TypeError('Failed to fetch'));
  await settled();
  expect(states).toMatchObject([{ kind: 'lost', why: 'the daemon cannot be reached' }]);
  stream.start();
  opened[1]?.answer(new ApiError(503, '128 streams are open already'));
  await settled();
  expect(states.at(-1)).toMatchObject({ kind: 'lost', why: '128 streams are open already' });
});

test('stopped, it says nothing and tries nothing', async () => {
  const { clock, stream, states, opened } = streamUnderTest();
  stream.start();
  stream.stop();
  opened[0]?.answer(new TypeError('aborted'));
  await settled();
  clock.advance(60_000);
  expect(states).toEqual([]);
  expect(opened.length).toBe(1);
});

test('whatever comes is a sign of life', async () => {
  const { clock, stream, states, opened } = streamUnderTest(10_000);
  let say: ((text: string) => void) | undefined;
  const body = new ReadableStream({
    start: (controller) => void (say = (text) => controller.enqueue(new TextEncoder().encode(text))),
  });
  stream.start();
  opened[0]?.answer(new Response(body));
  await settled();
  clock.advance(9_000);
  say?.('data: a sign of life\n\n');
  await settled();
  clock.advance(9_999);
  await settled();
  expect(states).toEqual([{ kind: 'live' }]);
});

test('an opening that is not answered in time is given up, and tried again', async () => {
  const { clock, stream, states, opened } = streamUnderTest(10_000);
  const before = clock.now();
  stream.start();
  clock.advance(10_000);
  await settled();
  expect(states).toMatchObject([{ kind: 'lost', why: 'the daemon has been silent for 10 s', seen: before }]);
  clock.advance(500);
  expect(opened.length).toBe(2);
});
