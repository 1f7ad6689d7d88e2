import { expect, test } from 'vitest';
import { DeliveryQueue, type Delivered } from '../../../../../plugins/insight/notify/delivery-queue.ts';
import type { Message } from '../../../../../plugins/insight/notify/message.ts';
import { FakeClock, settle } from '../../../../../core/testing/index.ts';

const message = (name: string): Message => ({
  host: 'h',
  identifier: 'supervisor',
  at: 0,
  notifications: [{ kind: 'fatal', program: name, reason: 'x', at: 0 }],
  left: 0,
});

/** A receiver that answers as told, or never. */
function receiver(answer: () => Delivered | 'never' | Error) {
  const clock = new FakeClock();
  const tried: { name: string; left: number; signal: AbortSignal }[] = [];
  const said: string[] = [];
  const courier = new DeliveryQueue({
    clock,
    report: (text) => void said.push(text),
    delivery: {
      target: 'webhook https://x.example/…',
      deliver(sent, signal) {
        const [news] = sent.notifications;
        tried.push({ name: news !== undefined && 'program' in news ? news.program : '', left: sent.left, signal });
        const result = answer();
        if (result === 'never') return new Promise(() => undefined);
        return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
      },
    },
  });
  return { courier, clock, tried, said };
}

test('a receiver that answers 500 is tried again with growing pauses, said once, and got through to in the end', async () => {
  let isUp = false;
  const { courier, clock, tried, said } = receiver(() =>
    isUp ? { kind: 'delivered' } : { kind: 'failed', reason: 'it answered 500' },
  );
  courier.send(message('a'));
  await settle();
  const triedAt: number[] = [];
  for (let second = 0; second < 60; second += 1) {
    clock.advance(1_000);
    await settle();
    if (tried.length > triedAt.length + 1) triedAt.push(second + 1);
  }
  expect(triedAt).toEqual([1, 6, 21]);
  isUp = true;
  clock.advance(21_000);
  await settle();
  expect(tried).toHaveLength(5);
  expect(said).toEqual([
    'webhook https://x.example/… cannot be reached, trying again: it answered 500',
    'webhook https://x.example/… takes messages again',
  ]);
  expect(clock.pending).toBe(0);
});

test('a receiver that hangs is given up after the deadline, and its request is aborted', async () => {
  const { courier, clock, tried } = receiver(() => 'never');
  courier.send(message('a'));
  clock.advance(15_000);
  await settle();
  expect(tried[0]?.signal.aborted).toBe(true);
  clock.advance(1_000);
  await settle();
  expect(tried).toHaveLength(2);
});

test('a message that is refused is not tried again, and the next one says that something was lost', async () => {
  const answers: Delivered[] = [{ kind: 'refused', reason: 'it answered 404' }, { kind: 'delivered' }];
  const { courier, tried } = receiver(() => answers.shift() ?? { kind: 'delivered' });
  courier.send(message('a'));
  courier.send(message('b'));
  await settle();
  courier.send(message('c'));
  await settle();
  expect(tried.map(({ name, left }) => [name, left])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 0],
  ]);
});

test('while a receiver is away only the newest messages are kept', async () => {
  let isUp = false;
  const { courier, clock, tried } = receiver(() =>
    isUp ? { kind: 'delivered' } : { kind: 'failed', reason: 'it is away' },
  );
  for (let i = 0; i < 100; i += 1) courier.send(message(`m${i}`));
  await settle();
  isUp = true;
  const before = tried.length;
  clock.advance(1_000);
  await settle();
  const delivered = tried.slice(before);
  expect(delivered).toHaveLength(20);
  expect(delivered.at(-1)?.name).toBe('m99');
  expect(delivered[0]?.left).toBe(80);
});

test('a wait that the receiver asks for is kept, within reason', async () => {
  const answers: Delivered[] = [{ kind: 'failed', reason: 'it answered 429', retryAfterMs: 30_000 }];
  const { courier, clock, tried } = receiver(() => answers.shift() ?? { kind: 'delivered' });
  courier.send(message('a'));
  await settle();
  clock.advance(29_999);
  await settle();
  expect(tried).toHaveLength(1);
  clock.advance(1);
  await settle();
  expect(tried).toHaveLength(2);
});

test('closing gives what waits one chance, and waits no longer than it may', async () => {
  const { courier, clock, tried } = receiver(() => 'never');
  courier.send(message('a'));
  const closed = courier.close(5_000);
  clock.advance(5_000);
  await closed;
  expect(tried[0]?.signal.aborted).toBe(true);
});

test('a delivery that throws counts as failed, with the cause that fetch hides', async () => {
  const { courier, said } = receiver(() => new Error('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
  courier.send(message('a'));
  await settle();
  expect(said).toEqual([
    'webhook https://x.example/… cannot be reached, trying again: fetch failed: connect ECONNREFUSED',
  ]);
});
