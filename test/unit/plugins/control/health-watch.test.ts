import { expect, test } from 'vitest';
import type { EventMap } from '../../../../core/index.ts';
import { settle, stage } from '../../../../core/testing/index.ts';
import { AutorestartPlugin } from '../../../../plugins/policy/autorestart/index.ts';
import { getControlHooks, healthWatchOf } from '../../../../plugins/control/index.ts';
import { fakeLogging } from '../../../support/logging.ts';
import { loggingService, type LoggingService } from '../../../../plugins/output/logging/index.ts';

test('flapping begins with an event, ends with one a minute after the last end, and leaves no timer behind', async () => {
  const { supervisor, clock, spawner } = await stage([{ name: 'web', startsecs: 0 }], [new AutorestartPlugin()]);
  const watch = healthWatchOf(supervisor);
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
  const watch = healthWatchOf(supervisor);
  let trouble: string | undefined;
  getControlHooks(supervisor).trouble.tap('test', () => trouble);
  const told: EventMap['process:health']['trouble'][] = [];
  supervisor.events.on('process:health', (event) => void told.push(event.trouble));
  void supervisor.find('ears')?.start({ by: 'client' });
  await settle();
  trouble = 'listener not answering: wrote "x" instead of READY';
  const view = supervisor.find('ears')?.view;
  if (view !== undefined) supervisor.events.emit('process:trouble', { process: view });
  expect(view && watch.of(view)).toEqual({ level: 'unsteady', trouble });
  expect(told).toEqual([trouble]);
  trouble = undefined;
  clock.advance(5_000);
  expect(told.slice(1)).toEqual([undefined]);
});

test('a program that waits for a log which cannot be written is in trouble, from the block to its end', async () => {
  let block: string | undefined;
  const { supervisor } = await stage([
    { name: 'web', startsecs: 0 },
    { name: 'other', startsecs: 0 },
  ]);
  const blockOf: LoggingService['blockOf'] = ({ name }) => (name === 'web' ? block : undefined);
  supervisor.provide(
    loggingService,
    fakeLogging(() => undefined, { blockOf }),
  );
  healthWatchOf(supervisor);
  const told: string[] = [];
  supervisor.events.on('process:health', ({ process, trouble }) => void told.push(`${process.name}: ${trouble}`));
  for (const process of supervisor.processes) void process.start({ by: 'client' });
  await settle();
  const [file, reason] = ['/var/log/web.log', 'no space left on device'];
  block = `blocked: cannot write ${file}: ${reason}`;
  supervisor.events.emit('log:blocked', { file, reason });
  expect(told).toEqual([`web: ${block}`]);
  block = undefined;
  supervisor.events.emit('log:unblocked', { file });
  expect(told.slice(1)).toEqual(['web: undefined']);
});
