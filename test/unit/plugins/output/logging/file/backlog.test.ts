import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backlog, type Outcome } from '../../../../../../plugins/output/logging/file/backlog.ts';
import { FakeClock } from '../../../../../../core/testing/index.ts';

const NEVER = { maxBytes: 0, backups: 0 };
const errno = (code: string) => Object.assign(new Error(`${code}: it does not work, write`), { code });

/** A disk that takes as many bytes as it is told to, and then fails. */
function disk(code = 'ENOSPC') {
  const clock = new FakeClock();
  const state = {
    room: 0,
    content: '',
    said: [] as string[],
    blocked: [] as (string | undefined)[],
    dropped: [] as number[],
  };
  const write = (bytes: Uint8Array): Outcome => {
    const count = Math.min(state.room, bytes.length);
    state.room -= count;
    state.content += Buffer.from(bytes.subarray(0, count)).toString();
    return count < bytes.length ? { count, error: errno(code) } : { count };
  };
  const backlog = new Backlog({
    path: 'x.log',
    clock,
    report: (level, said) => state.said.push(`${level} ${said}`),
    blocked: (_path, reason) => void state.blocked.push(reason),
    dropped: (_path, bytes) => void state.dropped.push(bytes),
    write,
    written: () => undefined,
    pipe: () => undefined,
    lost: () => undefined,
  });
  return { backlog, clock, state, write };
}

test('a full disk is reported once, tried again ever less often, and reported when it works', () => {
  const { backlog, clock, state } = disk();
  let isReady = false;
  backlog.keep(Buffer.from('abc'), NEVER, () => (isReady = true));
  backlog.waitAfter(errno('ENOSPC'));
  clock.advance(60_000);
  expect(state.said).toEqual([
    'ERRO cannot write x.log: ENOSPC: it does not work; what writes to it is blocked until it can be written',
  ]);
  expect(clock.pending).toBe(1);
  state.room = 2;
  clock.advance(5_000);
  expect(isReady).toBe(false);
  state.room = 2;
  clock.advance(5_000);
  expect([state.content, isReady, state.said[1]]).toEqual(['abc', true, 'INFO x.log is written again']);
  expect([backlog.isEmpty, backlog.bytes, clock.pending]).toEqual([true, 0, 0]);
  expect(state.blocked).toEqual(['ENOSPC: it does not work', undefined]);
});

test('what nobody reads any more is dropped, and its writers go on', () => {
  const { backlog, state } = disk('EPIPE');
  let isReady = false;
  backlog.keep(Buffer.from('abc'), NEVER, () => (isReady = true));
  expect(backlog.waitAfter(errno('EPIPE'))).toBe(false);
  expect([isReady, backlog.isEmpty, state.said.length]).toEqual([true, true, 1]);
  expect(state.dropped).toEqual([3]);
});

test('whatever the disk does, bytes come out whole and in order, and every writer is told once', () => {
  const anyWrites = fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.nat(8)), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(anyWrites, (writes) => {
      const { backlog, clock, state, write } = disk();
      const told: number[] = [];
      writes.forEach(([text, room], index) => {
        state.room += room;
        const outcome: Outcome = backlog.isEmpty ? write(Buffer.from(text)) : { count: 0 };
        const rest = Buffer.from(text).subarray(outcome.count);
        if (rest.length === 0) return void told.push(index);
        backlog.keep(rest, NEVER, () => told.push(index));
        if (outcome.error !== undefined) backlog.waitAfter(outcome.error);
        clock.advance(5_000);
        return undefined;
      });
      state.room = 10_000;
      clock.advance(5_000);
      expect(state.content).toBe(writes.map(([text]) => text).join(''));
      expect(told).toEqual(writes.map((_, index) => index));
    }),
  );
});
