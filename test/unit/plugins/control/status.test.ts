import { expect, test } from 'vitest';
import { stateReason } from '../../../../plugins/control/index.ts';
import { view } from '../../../support/view.ts';

test.each([
  [{ state: 'STOPPED' }, 'not started'],
  [{ state: 'STOPPED', startedAt: 1, cause: { by: 'client', detail: 'x' } }, 'stopped (client: x)'],
  [{ state: 'STARTING' }, 'has to stay up for 1 s; started with the daemon'],
  [{ state: 'STARTING', tries: 2 }, 'try 3, after 2 failed starts'],
  [{ state: 'RUNNING' }, 'started with the daemon'],
  [{ state: 'RUNNING', cause: { by: 'child', detail: 'exit status 7' } }, 'started again after exit status 7'],
  [{ state: 'BACKOFF', tries: 1, spawnerr: 'no' }, 'no; 1 failed start, will be tried again'],
  [
    {
      state: 'FATAL',
      tries: 3,
      spawnerr: 'Exited too quickly (process log may have details)',
      cause: { by: 'child', detail: 'exit status 3' },
    },
    'exit status 3, too quickly; gave up after 3 failed starts',
  ],
  [{ state: 'FATAL', tries: 4, exit: { kind: 'code', code: 3 } }, 'exit status 3; gave up after 4 failed starts'],
  [{ state: 'EXITED', exit: { kind: 'code', code: 0 } }, 'exit status 0'],
  [
    { state: 'EXITED', exit: { kind: 'signal', signal: 'SIGSEGV' }, spawnerr: 'x' },
    'terminated by SIGSEGV, not expected',
  ],
  [{ state: 'STOPPING', cause: { by: 'shutdown' } }, 'is asked to stop (shutdown)'],
  [{ state: 'UNKNOWN', spawnerr: 'cannot be signalled' }, 'cannot be signalled'],
] as const)('why: %j is "%s"', (given, reason) => {
  expect(stateReason(view(given))).toBe(reason);
});
