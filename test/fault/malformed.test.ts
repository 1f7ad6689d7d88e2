import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Place } from '../support/tsvd.ts';
import { freePort } from '../support/free-port.ts';
import { attack, generator, type Attack } from './malformed.ts';
import { until } from '../support/wait.ts';

/** What CI sends. Set it higher, and the seed to another one, to search. */
const REQUESTS = Number(process.env['TSV_FUZZ_REQUESTS'] ?? 24_000);
const SEED = Number(process.env['TSV_FUZZ_SEED'] ?? 20_261_122);

/** Connections at the same time. */
const AT_ONCE = 24;

/** What the daemon may grow by, at its highest, whatever is sent: three times what was measured (50 MB, with 12,000 requests and with 60,000). */
const MOST_GROWTH_MB = 150;

test(`${REQUESTS} malformed requests (seed ${SEED}) leave the daemon as it was`, async () => {
  console.warn(`malformed requests: seed ${SEED}; run it again with TSV_FUZZ_SEED=${SEED}`);
  await using place = new Place();
  const port = await freePort();
  place.conf(
    `[inet_http_server]\nport=127.0.0.1:${port}\nusername=admin\npassword=acts\nviewer_username=viewer\nviewer_password=looks\n` +
      '[program:a]\ncommand=cat\nautostart=false\nstartsecs=0\n',
    'loglevel=info',
  );
  const { child } = await place.start();
  const pid = child.pid ?? 0;
  const before = { rss: memory(pid, 'VmRSS'), files: openFiles(pid) };

  const random = generator(SEED);
  const statuses = new Map<number, number>();
  const slow: (() => void)[] = [];
  let sent = 0;
  const sendOn = async (): Promise<void> => {
    while (sent < REQUESTS) {
      const one = attack(random);
      sent += one.requests;
      // Through the socket everybody is an administrator; over TCP nearly everybody is refused at the door.
      const to = random(5) === 0 ? port : place.socket;
      if (one.isSlow && slow.length < 100) slow.push(hold(to, one));
      else for (const status of await statusesOf(to, one)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
  for (const end of slow) end();

  const told = Object.fromEntries([...statuses].sort(([a], [b]) => a - b));
  const known = [200, 204, 304, 400, 401, 403, 404, 405, 409, 411, 413, 415, 417, 422, 431, 500, 501, 503];
  expect({ told, unknown: [...statuses.keys()].filter((status) => !known.includes(status)) }).toEqual({
    told,
    unknown: [],
  });
  // That the requests got as far as they were meant to.
  for (const status of [200, 400, 401, 403, 404, 405, 415])
    expect(statuses.get(status), `${status}`).toBeGreaterThan(50);

  expect(child.exitCode).toBeNull();
  expect((await place.ctl('status', 'a')).out).toContain('a ');
  const bad = place
    .read('log')
    .split('\n')
    .filter((line) => /unhandled|uncaught|HTTP request .* failed|RPC method .* failed|plugin .* failed/i.test(line));
  expect(bad).toEqual([]);
  await until('the connections to be closed', () => openFiles(pid) <= before.files + 5);
  const growth = (memory(pid, 'VmHWM') - before.rss) / 1024;
  console.warn(
    `malformed requests: ${sent} sent, answers ${JSON.stringify(told)}, memory grew by at most ${growth.toFixed(0)} MB`,
  );
  expect(growth).toBeLessThan(MOST_GROWTH_MB);
}, 120_000);

/** Sends it, and gives the statuses of what comes back until the server closes or says nothing more. */
function statusesOf(to: string | number, { bytes, requests }: Attack): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
    let received = '';
    const statuses = (): number[] =>
      [...received.matchAll(/HTTP\/1\.[01] ([2-5]\d\d)/g)].map(([, code]) => Number(code));
    const finish = (): void => {
      socket.destroy();
      resolve(statuses());
    };
    socket.setTimeout(1_000, finish);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      // A stream does not end; of everything else as many answers come as were asked for.
      if (received.includes('text/event-stream') || statuses().length >= requests) finish();
      if (received.length > 2 ** 20) received = received.slice(-1_000);
    });
    socket.on('error', () => undefined);
    socket.on('close', finish);
    socket.end(bytes); // so that one who waits for the rest of it learns that there is none
  });
}

/** Sends half of it and waits. */
function hold(to: string | number, { bytes }: Attack): () => void {
  const socket = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
  socket.on('error', () => undefined);
  socket.write(bytes.subarray(0, bytes.length / 2));
  return () => socket.destroy();
}

/** In kB: resident now (`VmRSS`), or at its highest (`VmHWM`). */
function memory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
