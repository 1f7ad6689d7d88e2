import { expect, test } from 'vitest';
import { LoggingPlugin } from '../../../../../../plugins/output/logging/index.ts';
import { reportStops } from '../../../../../../plugins/output/logging/daemon-log/stop-reports.ts';
import { stage } from '../../../../../../core/testing/index.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

async function reporting() {
  const made = await stage([{ name: 'slow', startsecs: 0, stopwaitsecs: 60 }]);
  const lines: string[] = [];
  reportStops(made.supervisor, LoggingPlugin.name, (text) => lines.push(text));
  await made.process().start({ by: 'client' }).done;
  return { ...made, lines };
}

test('a stop that a client waits for is reported every two seconds, until it is over', async () => {
  const { process, clock, spawner, lines } = await reporting();
  const stop = process().stop({ by: 'client' });
  await stop.issued;
  expect(lines).toEqual(['waiting for slow to stop']);
  clock.advance(1_999);
  expect(lines).toHaveLength(1);
  clock.advance(2_001);
  expect(lines).toHaveLength(3);
  spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
  await stop.done;
  clock.advance(60_000);
  expect(lines).toHaveLength(3);
  expect(clock.pending).toBe(0);
});

test('a stop of the policy, and a shutdown that a client has asked for, are not', async () => {
  const { supervisor, process, spawner, lines } = await reporting();
  const stop = process().stop({ by: 'policy' });
  await stop.issued;
  spawner.last.exit();
  await stop.done;
  await process().start({ by: 'client' }).done;
  const shutdown = supervisor.shutdown({ by: 'client', detail: 'SIGHUP' });
  await nextTurn();
  spawner.last.exit();
  await shutdown;
  expect(lines).toEqual([]);
});
