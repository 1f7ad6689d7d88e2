import { expect, test } from 'vitest';
import { Grouping } from '../../../../../plugins/insight/notify/grouping.ts';
import type { Notification } from '../../../../../plugins/insight/notify/notification.ts';
import { FakeClock } from '../../../../../core/testing/index.ts';

function gatherer() {
  const clock = new FakeClock();
  const sent: { programs: string[]; left: number }[] = [];
  const subject = new Grouping({
    gatherMs: 5_000,
    remindMs: 60_000,
    clock,
    send: (news, left) =>
      void sent.push({ programs: news.map((one) => ('program' in one ? one.program : one.kind)), left }),
  });
  return { clock, sent, gatherer: subject };
}

const fatal = (program: string): Notification => ({ kind: 'fatal', program, reason: 'x', at: 0 });

test('what happens to many programs at once is one message', () => {
  const { clock, sent, gatherer: subject } = gatherer();
  for (let i = 0; i < 50; i += 1) subject.take(fatal(`p${i}`));
  clock.advance(4_999);
  expect(sent).toEqual([]);
  clock.advance(1);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.programs).toHaveLength(50);
  expect(clock.pending).toBe(0);
});

test('more subjects than there is room for are counted, not kept', () => {
  const { clock, sent, gatherer: subject } = gatherer();
  for (let i = 0; i < 1_200; i += 1) subject.take(fatal(`p${i}`));
  clock.advance(5_000);
  expect([sent[0]?.programs.length, sent[0]?.left]).toEqual([1_000, 200]);
});

test('the same trouble of the same program rests until it is settled or the reminder is due', () => {
  const { clock, sent, gatherer: subject } = gatherer();
  const tell = (): void => {
    subject.take(fatal('web'));
    clock.advance(5_000);
  };
  tell();
  tell();
  expect(sent).toHaveLength(1);
  subject.settle('web');
  tell();
  expect(sent).toHaveLength(2);
  clock.advance(60_000);
  tell();
  expect(sent).toHaveLength(3);
});
