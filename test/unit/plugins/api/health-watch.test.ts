import { expect, test } from 'vitest';
import type { EventMap } from '../../../../core/index.ts';
import { settle, stage } from '../../../../core/testing/index.ts';
import { AutorestartPlugin } from '../../../../plugins/autorestart/index.ts';
import { HealthWatch } from '../../../../plugins/api/health-watch.ts';
import { getApiHooks } from '../../../../plugins/api/hooks.ts';

test('flapping begins with an event, ends with one a minute after the last end, and leaves no timer behind', async () => {
  const { supervisor, clock, spawner } = await stage([{ name: 'web', startsecs: 0 }], [new AutorestartPlugin()]);
  const watch = new HealthWatch(supervisor, 'test');
  const told: (string | undefined)[] = [];
  supervisor.events.on('process:health', ({ trouble }) => void told.push(trouble));
  void supervisor.find('web')?.start({ by: 'client' });
  await settle();
  for (let end = 0; end < 8; end += 1) {
    spawner.last.exit({ kind: 'code', code: 1 });
    await settle();
    clock.advance(2_000);
    await settle();
  }
  expect(told).toEqual(['flapping: ended 5 times in 8 s, the last time with exit status 1']);
  const view = supervisor.find('web')?.view;
  expect(view && watch.of(view)).toMatchObject({ level: 'unsteady' });
  clock.advance(70_000);
  expect(told.slice(1)).toEqual([undefined]);
  expect(clock.pending).toBe(0);
});

test('what a plugin reports is trouble from when it says so, and over when it answers no more', async () => {
  const { supervisor, clock } = await stage([{ name: 'ears', startsecs: 0 }]);
  const watch = new HealthWatch(supervisor, 'test');
  let trouble: string | undefined;
  getApiHooks(supervisor).trouble.tap('test', () => trouble);
  const told: EventMap['process:health']['trouble'][] = [];
  supervisor.events.on('process:health', (event) => void told.push(event.trouble));
  void supervisor.find('ears')?.start({ by: 'client' });
  await settle();
  trouble = 'listener not answering: wrote "x" instead of READY';
  const view = supervisor.find('ears')?.view;
  if (view !== undefined) watch.look(view);
  expect(told).toEqual([trouble]);
  trouble = undefined;
  clock.advance(5_000);
  expect(told.slice(1)).toEqual([undefined]);
});
