import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPosix } from '../../../core/posix.ts';
import { newOutputPipe } from '../../../plugins/output/logging/pipe/new-pipe.ts';
import { OutputPipe, ReadBuffers } from '../../../plugins/output/logging/pipe/output-pipe.ts';
import { PipeRoom } from '../../../plugins/output/logging/pipe/pipe-room.ts';
import { FakeClock } from '../../../core/testing/index.ts';
import { contentOf, run, wholeLog } from './support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

/** A real pipe with a writing end, on a clock that is moved by hand. */
function pipeUnderTest() {
  const posix = loadPosix();
  const clock = new FakeClock();
  const sizes: number[] = [];
  const setSize = (fd: number, bytes: number): void => {
    posix.setPipeSize(fd, bytes);
    sizes.push(bytes);
  };
  const state = { got: '', wantsMore: true };
  const pipe = new OutputPipe(
    newOutputPipe(posix.makePipe, undefined),
    { buffers: new ReadBuffers(), room: new PipeRoom(setSize), clock },
    {
      consume(bytes) {
        state.got += Buffer.from(bytes).toString();
        return state.wantsMore;
      },
    },
  );
  const end = pipe.openChildEnd();
  later(() => {
    pipe.close();
    if (end.isOwn) closeSync(end.fd);
  });
  const write = (text: string): void => void writeSync(end.fd, text);
  return { pipe, clock, sizes, state, write };
}

/** As many reads without any time between them as make a flood. */
async function flood({ clock, state, write }: ReturnType<typeof pipeUnderTest>): Promise<void> {
  for (let read = 0; clock.pending === 0; read += 1) {
    expect(read).toBeLessThan(100);
    const want = `${state.got}x`;
    write('x');
    await until(`read ${read}`, () => state.got === want);
  }
  state.got = '';
}

test('a flooding pipe is read once a millisecond, and when nothing comes any more, the event loop watches it again', async () => {
  const under = pipeUnderTest();
  const { clock, state, write } = under;
  await flood(under);
  write('a');
  write('b');
  await new Promise(setImmediate);
  expect(state.got).toBe('');
  clock.advance(1);
  expect(state.got).toBe('ab');
  clock.advance(8);
  expect(clock.pending).toBe(0);
  write('c');
  await until('what is written then', () => state.got === 'abc');
});

test('a flooding pipe is enlarged while it needs the room', async () => {
  const under = pipeUnderTest();
  const { clock, state, write, sizes } = under;
  await flood(under);
  write('y'.repeat(60_000));
  clock.advance(1);
  write('z'.repeat(900_000));
  clock.advance(1);
  expect(state.got.length).toBe(960_000);
  clock.advance(8);
  expect(sizes).toEqual([1_048_576, 65_536]);
});

test('a sink that wants no more stops a flooding pipe, too; a child that ends meanwhile loses nothing', async () => {
  const under = pipeUnderTest();
  const { pipe, clock, state, write } = under;
  await flood(under);
  state.wantsMore = false;
  write('a');
  clock.advance(1);
  expect([state.got, clock.pending, pipe.isPaused]).toEqual(['a', 0, true]);
  write('b');
  state.wantsMore = true;
  pipe.resume();
  pipe.drain();
  expect(state.got).toBe('ab');
  pipe.close();
  expect(clock.pending).toBe(0);
});

test('a hundred megabytes at full speed arrive as they were written', async () => {
  const { folder } = await run([
    {
      name: 'w',
      script: 'seq -f "line %010.0f of many" 0 3999999; echo done >&2; exec sleep 1000',
      options: { stdout_logfile_maxbytes: 50_000_000 },
    },
  ]);
  await until('the end', () => contentOf(join(folder, 'w.err')) === 'done\n');
  const log = join(folder, 'w.out');
  const lineBytes = 'line 0000000000 of many\n'.length;
  await until('all bytes', () => wholeLog(log).length >= 4_000_000 * lineBytes);
  const lines = wholeLog(log).toString('latin1').split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.findIndex((line, index) => line !== `line ${String(index).padStart(10, '0')} of many`)).toBe(-1);
  expect(lines.length).toBe(4_000_000);
});
