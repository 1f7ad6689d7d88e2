import { expect, test } from 'vitest';
import { settle, stage } from '../../../../../core/testing/index.ts';
import { lastLineOf, watchLastRuns } from '../../../../../plugins/control/api/last-runs.ts';

test('the last line is that of stderr where there is one, without blank lines, and not endless', () => {
  expect(lastLineOf([])).toBeUndefined();
  expect(lastLineOf([{ channel: 'stdout', lines: ['a', 'b', '  '] }])).toEqual({ channel: 'stdout', text: 'b' });
  const both = lastLineOf([
    { channel: 'stdout', lines: ['out'] },
    { channel: 'stderr', lines: ['x'.repeat(500)] },
  ]);
  expect(both).toEqual({ channel: 'stderr', text: `${'x'.repeat(300)}…` });
});

test('how a start that failed ended is remembered, though the core keeps no exit of it', async () => {
  const { supervisor, spawner } = await stage([{ name: 'web', startsecs: 5 }]);
  const lastRun = watchLastRuns(supervisor, 'test');
  expect(lastRun('web')).toBeUndefined();
  void supervisor.find('web')?.start({ by: 'client' });
  await settle();
  spawner.last.exit({ kind: 'code', code: 3 });
  await settle();
  expect(supervisor.find('web')?.view.exit).toBeUndefined();
  expect(lastRun('web')).toEqual({ exit: { kind: 'code', code: 3 }, line: undefined });
});
