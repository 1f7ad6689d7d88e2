import { RpcClient } from '../../../plugins/control/client/index.ts';
import { appendFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { groupConfig, processConfig } from '../../../core/index.ts';
import { BUDGETS } from '../../../plugins/control/http/budgets.ts';
import { openServers } from '../../../plugins/control/http/servers.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { RpcPlugin } from '../../../plugins/control/rpc/index.ts';
import { get, open, supervisorWith, temporaryDirectory, unixServer } from './support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

/** A real log, and a server whose clients have `answerMs` to take what waits for them. */
async function daemon(answerMs: number) {
  const directory = temporaryDirectory();
  const log = join(directory, 'p.log');
  const socket = join(directory, 's.sock');
  const options = {
    stdout_logfile: { kind: 'file', path: log },
    stderr_logfile: { kind: 'none' },
    stdout_logfile_maxbytes: 0,
  };
  const { supervisor } = supervisorWith([], {
    plugins: [new LoggingPlugin({ logfile: join(directory, 'main.log'), silent: true }), new RpcPlugin()],
    config: {
      groups: [groupConfig({ processes: [processConfig({ name: 'p', command: 'cat', startsecs: 0, options })] })],
    },
  });
  await supervisor.start();
  const servers = await openServers(supervisor, {
    hosts: [],
    openTcp: 'refuse',
    maxBodyBytes: 2 ** 20,
    budgets: { ...BUDGETS, answerMs },
  });
  later(() => servers.close());
  await servers.open(unixServer(socket));
  servers.answerAll();
  const client = new RpcClient({ serverurl: `unix://${socket}` });
  return { log, socket, wake: () => client.call('supervisor.sendProcessStdin', 'p', 'x\n') };
}

/** How many descriptors of this process lead to a file. */
function descriptorsOf(file: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(file);
    } catch {
      return false;
    }
  }).length;
}

test('readers of a log that take nothing are dropped, and their files are closed; one that is only slow is not', async () => {
  const { log, socket, wake } = await daemon(1_000);
  writeFileSync(log, 'x\n');
  await wake();
  await until('the log is open', () => descriptorsOf(log) > 0);
  const before = descriptorsOf(log);
  const stalled = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const client = open(socket);
      client.write(get('/logtail/p'));
      await once(client, 'data');
      return client.pause();
    }),
  );
  let taken = 0;
  const slow = open(socket);
  slow.write(get('/logtail/p'));
  slow.on('data', (chunk: Buffer) => {
    taken += chunk.length;
    slow.pause();
  });
  const reading = setInterval(() => slow.resume(), 20);
  later(() => {
    clearInterval(reading);
    slow.destroy();
  });
  await until('all are open', () => descriptorsOf(log) === before + 11);
  appendFileSync(log, Buffer.alloc(8 * 2 ** 20, 'x'));
  await wake();
  await until('ten are dropped', () => descriptorsOf(log) === before + 1, 20_000);
  const then = taken;
  await until('the slow one goes on', () => taken > then);
  expect(slow.destroyed).toBe(false);
  for (const client of stalled) client.destroy();
});
