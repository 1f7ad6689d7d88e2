import { expect, test } from 'vitest';
import { FloodGauge } from '../../../../../../plugins/output/logging/pipe/flood-gauge.ts';
import { PipeRoom } from '../../../../../../plugins/output/logging/pipe/pipe-room.ts';
import { FakeClock } from '../../../../../../core/testing/index.ts';

/** The answers to so many reads, each so many milliseconds after the one before. */
function answers(reads: number, everyMs: number): boolean[] {
  const clock = new FakeClock();
  const gauge = new FloodGauge(clock);
  return Array.from({ length: reads }, () => {
    clock.advance(everyMs);
    return gauge.isFlood();
  });
}

test('a read every millisecond is a flood, once that has gone on for a while', () => {
  expect(answers(31, 1)).not.toContain(true);
  expect(answers(64, 1).indexOf(true)).toBe(63);
});

test('a read every other millisecond is none, however long it goes on', () => {
  expect(answers(1_000, 2)).not.toContain(true);
});

/** Records what the system was asked for. */
function room(refuses: (fd: number, bytes: number) => boolean = () => false) {
  const asked: [number, number][] = [];
  const set = (fd: number, bytes: number): void => {
    asked.push([fd, bytes]);
    if (refuses(fd, bytes)) throw new Error('EPERM');
  };
  return { room: new PipeRoom(set), asked };
}

test('a pipe is enlarged when half of its room was needed between two looks, and becomes small again', () => {
  const { room: pipes, asked } = room();
  expect(pipes.suffices(5, 32_768)).toBe(true);
  expect(asked).toEqual([]);
  expect(pipes.suffices(5, 32_769)).toBe(true);
  expect(pipes.suffices(5, 1_048_576)).toBe(true);
  pipes.restore(5);
  pipes.restore(5);
  expect(asked).toEqual([
    [5, 1_048_576],
    [5, 65_536],
  ]);
});

test('where the system refuses, or cannot be asked, the room does not suffice', () => {
  expect(room(() => true).room.suffices(5, 65_536)).toBe(false);
  expect(new PipeRoom(undefined).suffices(5, 65_536)).toBe(false);
  expect(new PipeRoom(undefined).suffices(5, 1)).toBe(true);
});

test('only sixteen pipes are large at a time; one that cannot become small yet still counts', () => {
  let isFull = true;
  const { room: pipes } = room((_, bytes) => bytes === 65_536 && isFull);
  const enlarged = Array.from({ length: 17 }, (_, fd) => pipes.suffices(fd, 65_536));
  expect(enlarged).toEqual([...Array<boolean>(16).fill(true), false]);
  pipes.restore(3);
  expect(pipes.suffices(16, 65_536)).toBe(false);
  isFull = false;
  pipes.restore(3);
  expect(pipes.suffices(16, 65_536)).toBe(true);
  pipes.forget(4);
  expect(pipes.suffices(17, 65_536)).toBe(true);
});
