import { expect, test } from 'vitest';
import { describeListener } from '../../../../plugins/eventlistener/show.ts';

const pool = (dropped: number) => ({ buffered: 0, bufferSize: 10, dropped });
const RUNNING = { state: 'RUNNING' } as const;

test.each([
  ['nothing of one that is well', RUNNING, { state: 'READY', why: undefined }, pool(0), 'pid 7'],
  ['why it is deaf', RUNNING, { state: 'UNKNOWN', why: 'wrote "X"' }, pool(0), 'pid 7, deaf: wrote "X"'],
  ['how many events were dropped', RUNNING, { state: 'BUSY', why: undefined }, pool(1), 'pid 7, 1 event dropped'],
  ['both', RUNNING, { state: 'UNKNOWN', why: 'wrote "X"' }, pool(2), 'pid 7, deaf: wrote "X", 2 events dropped'],
  ['no deafness of one that does not run', { state: 'STOPPED' }, { state: 'UNKNOWN', why: 'x' }, undefined, 'pid 7'],
] as const)('of a listener the line says %s', (_, process, listener, report, expected) => {
  expect(describeListener('pid 7', process, listener, report)).toBe(expected);
});
