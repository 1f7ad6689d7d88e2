import { expect, test } from 'vitest';
import { Flapping } from '../../../../plugins/control/flapping.ts';
import { healthOf } from '../../../../plugins/control/health.ts';
import { view } from '../../../support/view.ts';

test('a process flaps from its fifth end within a minute on, until it has not ended for a minute', () => {
  const flapping = new Flapping();
  for (let end = 1; end <= 113; end += 1) {
    flapping.ended('web', 'exit status 1', end * 3_700);
    expect(flapping.report('web', end * 3_700) === undefined).toBe(end < 5);
  }
  const last = 113 * 3_700;
  expect(flapping.report('web', last + 60_000)).toEqual({ ends: 113, seconds: 414, reason: 'exit status 1' });
  expect(flapping.report('web', last + 60_001)).toBeUndefined();
  flapping.ended('web', 'exit status 1', last + 70_000);
  expect(flapping.report('web', last + 70_000), 'counting begins anew').toBeUndefined();
});

test('ends that are far apart are no flapping, and who is stopped by hand is forgotten', () => {
  const flapping = new Flapping();
  for (let end = 0; end < 20; end += 1) flapping.ended('slow', 'exit status 0', end * 20_000);
  expect(flapping.report('slow', 380_000)).toBeUndefined();
  for (let end = 0; end < 9; end += 1) flapping.ended('web', 'exit status 1', end);
  flapping.forget('web');
  expect(flapping.report('web', 10)).toBeUndefined();
});

test('health: the state, and trouble that the state does not show', () => {
  const flapping = { ends: 113, seconds: 414, reason: 'exit status 1' };
  const nothing = { flapping: undefined, reported: undefined };
  expect(healthOf(view({ state: 'RUNNING' }), nothing)).toEqual({ level: 'sound', trouble: undefined });
  expect(healthOf(view({ state: 'RUNNING' }), { ...nothing, flapping })).toEqual({
    level: 'unsteady',
    trouble: 'flapping: ended 113 times in 7 min, the last time with exit status 1',
  });
  const reported = 'listener not answering: wrote "x" instead of READY';
  expect(healthOf(view({ state: 'RUNNING' }), { ...nothing, reported })).toEqual({
    level: 'unsteady',
    trouble: reported,
  });
  expect(healthOf(view({ state: 'STOPPED' }), { flapping, reported }).level, 'stopped by hand').toBe('sound');
  expect(healthOf(view({ state: 'FATAL' }), { flapping, reported })).toEqual({ level: 'failed', trouble: undefined });
  expect(healthOf(view({ state: 'BACKOFF' }), nothing).level).toBe('unsteady');
  expect(healthOf(view({ state: 'EXITED', spawnerr: 'Bad exit code 3' }), nothing).level).toBe('unsteady');
  expect(healthOf(view({ state: 'EXITED' }), nothing).level).toBe('sound');
});
