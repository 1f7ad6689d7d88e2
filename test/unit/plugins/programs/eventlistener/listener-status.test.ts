import { expect, test } from 'vitest';
import { describeListener, troubleOf } from '../../../../../plugins/programs/eventlistener/listener-status.ts';

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

test.each([
  ['that is well', RUNNING, { state: 'READY', why: undefined }, { ...pool(9), buffered: 10 }, undefined],
  ['that is busy', RUNNING, { state: 'BUSY', why: undefined }, { ...pool(0), buffered: 9 }, undefined],
  ['that does not run', { state: 'STOPPED' }, { state: 'UNKNOWN', why: 'wrote "X"' }, pool(0), undefined],
  ['that broke the protocol', RUNNING, { state: 'UNKNOWN', why: 'wrote "X"' }, pool(0), 'wrote "X"'],
  [
    'that takes no event while the buffer is full',
    RUNNING,
    { state: 'ACKNOWLEDGED', why: undefined },
    { ...pool(3), buffered: 10 },
    '10 events wait, 3 dropped',
  ],
] as const)('the trouble of a listener %s', (_, process, listener, report, expected) => {
  const text = expected === undefined ? undefined : `listener not answering: ${expected}`;
  expect(troubleOf(process, listener, report)).toBe(text);
});
