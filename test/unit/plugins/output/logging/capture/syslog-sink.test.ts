import { expect, test } from 'vitest';
import { SyslogSink } from '../../../../../../plugins/output/logging/capture/syslog-sink.ts';

test('syslog gets whole lines with the name of the process, however they arrive, and the last one at the exit', () => {
  const messages: string[] = [];
  const sink = new SyslogSink('web', (text) => messages.push(text));
  for (const piece of ['one\ntw', 'o\n', '\nthr', 'ee']) sink.write(Buffer.from(piece));
  expect(messages).toEqual(['web one', 'web two', 'web ']);
  sink.endOfRun();
  sink.endOfRun();
  expect(messages.slice(3)).toEqual(['web three']);
});

test('a line without an end is sent in pieces, and fills no memory', () => {
  const messages: string[] = [];
  const sink = new SyslogSink('web', (text) => messages.push(text));
  sink.write(Buffer.alloc(20_000, 'x'));
  expect(messages.map(({ length }) => length)).toEqual([8_196, 8_196]);
});
