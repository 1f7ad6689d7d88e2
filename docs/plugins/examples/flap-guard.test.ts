import { AutorestartPlugin } from 'tsvisor/plugins/autorestart';
import { settle, stage } from 'tsvisor/testing';
import { expect, test } from 'vitest';
import { FlapGuardPlugin } from './flap-guard.ts';

/** A program that is always started again, and the guard over it. */
async function guarded(options: Readonly<Record<string, unknown>>) {
  const plugins = [new AutorestartPlugin(), new FlapGuardPlugin()];
  const on = await stage([{ name: 'web', startsecs: 0, options: { autorestart: true, ...options } }], plugins);
  await on.process().start({ by: 'client' }).done;
  const crash = async () => {
    on.spawner.last.exit({ kind: 'code', code: 1 });
    on.clock.advance(1_000);
    await settle();
  };
  return { ...on, crash };
}

test('the third end within a minute is the last one', async () => {
  const { process, crash, eventsOf } = await guarded({ flapexits: 3 });
  await crash();
  await crash();
  expect(process().state).toBe('RUNNING');
  await crash();
  expect(process().state).toBe('EXITED');
  expect(eventsOf('process:flapping')).toEqual([{ program: 'web', exits: 3 }]);
});

test('ends that are far apart are no flapping', async () => {
  const { process, clock, crash } = await guarded({ flapexits: 3, flapsecs: 10 });
  for (let end = 0; end < 10; end += 1) {
    await crash();
    clock.advance(6_000);
  }
  expect(process().state).toBe('RUNNING');
});

test('a program that somebody starts again has a clean record', async () => {
  const { process, crash } = await guarded({ flapexits: 2 });
  await crash();
  await crash();
  expect(process().state).toBe('EXITED');
  await process().start({ by: 'client' }).done;
  await crash();
  expect(process().state).toBe('RUNNING');
});
