import { expect, test } from 'vitest';
import { FakeClock } from '../../../../../../core/testing/index.ts';
import { lineSink } from '../../../../../../plugins/output/logging/daemon-log/sinks.ts';

function sinkUnderTest() {
  const log = {
    waiting: 0,
    lines: [] as string[],
    write(bytes: Uint8Array): boolean {
      log.lines.push(Buffer.from(bytes).toString());
      return true;
    },
  };
  const options = { limits: { maxBytes: 0, backups: 0 }, clock: new FakeClock(), close: () => undefined };
  return { log, sink: lineSink(log, options) };
}

test('lines that one log cannot take are dropped, and counted in that log alone, once it takes lines again', () => {
  const [stopped, other] = [sinkUnderTest(), sinkUnderTest()];
  stopped.log.waiting = 1_048_576;
  const write = (line: string) => {
    for (const { sink } of [stopped, other]) expect(sink.write(Buffer.from(line), () => undefined)).toBe(true);
  };
  write('one\n');
  write('two\n');
  stopped.log.waiting = 0;
  write('three\n');
  expect(other.log.lines).toEqual(['one\n', 'two\n', 'three\n']);
  expect(stopped.log.lines).toEqual([
    expect.stringMatching(/ WARN 2 lines are missing here: the log could not be written\n$/),
    'three\n',
  ]);
});
