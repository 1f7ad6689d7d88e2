import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { freePort } from '../../support/free-port.ts';
import { exchange, get, post, statusOf } from '../http/support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

/** In MB. */
function resident(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** A client that asks and never reads. */
function mute(to: string | number, request: string): Promise<Socket> {
  return new Promise((resolve) => {
    const client = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
    client.on('error', () => undefined);
    client.pause();
    client.write(request, () => resolve(client));
    later(() => void client.destroy());
  });
}

test('clients that never read their log stream slow no program and cost no memory', async () => {
  await using place = new Place();
  place.write('talk.sh', `head -c 100000000 /dev/zero | tr '\\0' x\ntouch ${place.path('done')}\nexec sleep 1000\n`);
  place.conf(
    `[program:talker]\ncommand=sh ${place.path('talk.sh')}\nautostart=false\n` +
      `stdout_logfile=${place.path('out')}\nstdout_logfile_maxbytes=0\n`,
  );
  place.write('out', '');
  const { child } = await place.start();
  for (const accept of ['text/event-stream', 'text/plain']) {
    const request = get('/api/v1/processes/talker/logs/stdout?follow=1', [`Accept: ${accept}`]);
    await mute(place.socket, request.replace('Connection: close\r\n', ''));
  }
  const before = resident(child.pid ?? 0);
  await place.ctl('start', 'talker');
  let most = 0;
  await until('100 MB to be written', () => {
    most = Math.max(most, resident(child.pid ?? 0));
    return existsSync(place.path('done'));
  });
  expect(most - before).toBeLessThan(40);
});

test('answers that nobody takes are bounded together, and an account that may only look shuts nobody out', async () => {
  await using place = new Place();
  const port = await freePort();
  place.conf(
    `[inet_http_server]\nport=127.0.0.1:${port}\nusername=admin\npassword=acts\nviewer_username=eve\nviewer_password=looks\n` +
      `[program:a]\ncommand=cat\nautostart=false\nstdout_logfile=${place.path('out')}\n`,
  );
  writeFileSync(place.path('out'), Buffer.alloc(20 * 2 ** 20, 'x'));
  const { child } = await place.start();
  const as = (who: string) => ['Content-Type: application/json', `Authorization: Basic ${btoa(who)}`];
  const read = (who: string) =>
    post('/api/v1/rpc/supervisor.readProcessStdoutLog', '{"name":"a","offset":0,"length":0}', as(who));
  const before = resident(child.pid ?? 0);
  for (let client = 0; client < 40; client += 1) await mute(port, read('eve:looks'));
  const look = (who: string) => exchange(port, get('/api/v1', as(who)));
  await until('no more answers for eve', async () => statusOf(await look('eve:looks')) === 503);
  expect(statusOf(await look('admin:acts'))).toBe(200);
  // Half of 128 MiB, one answer above it, and what the making of one takes.
  expect(resident(child.pid ?? 0) - before).toBeLessThan(300);
}, 60_000);
