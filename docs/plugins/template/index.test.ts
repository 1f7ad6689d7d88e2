import { stage } from 'tsvisor/testing';
import { expect, test } from 'vitest';
import { ExamplePlugin } from './index.ts';

test('a program that exits more often than it may is reported', async () => {
  const { process, spawner, eventsOf } = await stage(
    [{ name: 'web', startsecs: 0, options: { mostends: 2 } }],
    [new ExamplePlugin()],
  );
  for (let end = 0; end < 3; end += 1) {
    await process().start({ by: 'client' }).done;
    spawner.last.exit({ kind: 'code', code: 0 });
  }
  expect(eventsOf('example:exceeded')).toEqual([{ program: 'web', ends: 3 }]);
});
