import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groupConfig, processConfig, type Supervisor } from '../../core/index.ts';
import { LoggingPlugin } from '../../plugins/logging/index.ts';
import { RpcClient } from '../../plugins/rpc/client.ts';
import { RpcPlugin, type XmlRpcValue } from '../../plugins/rpc/index.ts';
import {
  eventually,
  exchange,
  get,
  later,
  open,
  statusOf,
  supervisorWith,
  temporaryDirectory,
  unixServer,
} from './http-support.ts';

interface Daemon {
  readonly supervisor: Supervisor;
  readonly directory: string;
  readonly socket: string;
  readonly log: string;
  readonly call: (method: string, ...params: XmlRpcValue[]) => Promise<XmlRpcValue>;
}

/** A daemon with the real logging: the program `p` runs `command` and logs its stdout, and keeps no stderr. */
async function daemon(command = 'cat', options: Readonly<Record<string, unknown>> = {}): Promise<Daemon> {
  const directory = temporaryDirectory();
  const socket = join(directory, 's.sock');
  const log = join(directory, 'p.log');
  const { supervisor } = supervisorWith([unixServer(socket)], {
    plugins: [new LoggingPlugin({ logfile: join(directory, 'main.log'), silent: true }), new RpcPlugin()],
    config: {
      groups: [
        groupConfig({
          processes: [
            processConfig({
              name: 'p',
              command,
              startsecs: 0,
              autostart: false,
              options: {
                stdout_logfile: { kind: 'file', path: log },
                stderr_logfile: { kind: 'none' },
                stdout_logfile_maxbytes: 0,
                ...options,
              },
            }),
          ],
        }),
      ],
    },
  });
  await supervisor.start();
  const client = new RpcClient({ serverurl: `unix://${socket}` });
  return { supervisor, directory, socket, log, call: (name, ...params) => client.call(name, ...params) };
}

test('stdin is sent, and what comes of it is read, tailed and cleared', async () => {
  const { call } = await daemon();
  await call('supervisor.startProcess', 'p');
  expect(await call('supervisor.sendProcessStdin', 'p', 'grüß €\n')).toBe(true);
  const read = () => call('supervisor.readProcessStdoutLog', 'p', 0, 0);
  await eventually('it is logged', async () => (await read()) === 'grüß €\n');
  expect(await call('supervisor.tailProcessLog', 'p', 0, 4)).toEqual(['€\n', 11, true]);
  expect(await call('supervisor.clearProcessLogs', 'p')).toBe(true);
  expect(await read()).toBe('');
  await expect(call('supervisor.readProcessStdoutLog', 'p', -4, 2)).rejects.toThrow('BAD_ARGUMENTS');
  await expect(call('supervisor.readProcessStderrLog', 'p', 0, 0)).rejects.toThrow('NO_FILE');
  expect(await call('supervisor.readLog', 0, 0)).toContain("INFO spawned: 'p' with pid");
});

test('bytes that are no UTF-8 are read as replacement characters, and base64 is sent as it is', async () => {
  const { call } = await daemon();
  await call('supervisor.startProcess', 'p');
  await call('supervisor.sendProcessStdin', 'p', new Uint8Array([0x61, 0xff, 0x00, 0x0a]));
  const tail = () => call('supervisor.tailProcessStdoutLog', 'p', 0, 10);
  // A NUL has no place in XML.
  await eventually('it is logged', async () => JSON.stringify(await tail()).includes('4,'));
  expect(await tail()).toEqual(['a\ufffd\ufffd\n', 4, false]);
});

test('a log tail streams what is there and what comes, until the client goes or the server closes', async () => {
  const { supervisor, socket, call } = await daemon();
  await call('supervisor.startProcess', 'p');
  await call('supervisor.sendProcessStdin', 'p', 'first\n');
  await eventually('it is logged', async () => (await call('supervisor.readProcessLog', 'p', 0, 0)) === 'first\n');
  const tail = exchange(socket, get('/logtail/p/stdout'), { until: 'second\n' });
  const main = exchange(socket, get('/mainlogtail'), { until: "spawned: 'p'" });
  await call('supervisor.sendProcessStdin', 'p', 'second\n');
  const answer = await tail;
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(answer).toContain('Transfer-Encoding: chunked\r\n');
  expect(answer).toContain('Content-Type: text/plain;charset=utf-8\r\n');
  expect(answer).toContain('first\n');
  expect(await main).toContain("spawned: 'p'");
  for (const path of ['nope', 'p:nope', 'p/stderr', 'p/stdfoo', '', 'p/stdout/x', '%2e%2e%2fp.log']) {
    expect(statusOf(await exchange(socket, get(`/logtail/${path}`)))).toBe(404);
  }
  expect(statusOf(await exchange(socket, get('/logtail/p').replace('GET', 'DELETE')))).toBe(405);
  const untilTheEnd = exchange(socket, get('/logtail/p'));
  await eventually('it is open', async () => (await descriptors(socket)) > 0);
  await supervisor.shutdown();
  expect(await untilTheEnd).toMatch(/\r\n0\r\n\r\n$/);
});

/** Lets the server take what has been sent so far: it answers in the order of arrival. */
async function descriptors(socket: string): Promise<number> {
  return (await exchange(socket, get('/nothing'))).length;
}

test('a client that does not read its log tail costs no memory, and gets every byte once it does', async () => {
  const { socket, log, call } = await daemon();
  const size = 64 * 2 ** 20;
  writeFileSync(log, '');
  await call('supervisor.startProcess', 'p');
  const client = open(socket);
  client.write('GET /logtail/p HTTP/1.0\r\n\r\n');
  await descriptors(socket);
  appendFileSync(log, Buffer.alloc(size, 'x'));
  await call('supervisor.sendProcessStdin', 'p', 'go\n'); // wakes the tail
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(process.memoryUsage().arrayBuffers / 2 ** 20).toBeLessThan(8);
  let received = 0;
  client.on('data', (chunk) => (received += chunk.length));
  await eventually('all of it arrives', () => received >= size, 20_000);
  client.destroy();
});

test('fifty clients follow a program that writes 20 MiB, and each gets all of it', async () => {
  const bytes = 20 * 2 ** 20;
  const { socket, call, supervisor } = await daemon(
    `python3 -c "import sys,os; sys.stdin.readline(); [os.write(1, b'y'*65536) for _ in range(${bytes / 65_536})]; os.write(1, b'END'); sys.stdin.readline()"`,
  );
  await call('supervisor.startProcess', 'p');
  const before = process.memoryUsage().rss;
  const counts = Array.from({ length: 50 }, () => 0);
  for (const index of counts.keys()) {
    const client = open(socket);
    later(() => void client.destroy());
    client.on('data', (chunk) => (counts[index] = (counts[index] ?? 0) + chunk.length));
    client.write('GET /logtail/p HTTP/1.0\r\n\r\n');
  }
  await descriptors(socket);
  await call('supervisor.sendProcessStdin', 'p', 'go\n');
  const began = Date.now();
  await eventually('all have all', () => counts.every((count) => count > bytes), 60_000);
  const rss = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(`50 clients x 20 MiB: ${Date.now() - began} ms, ${Math.round(rss)} MiB more (clients included)`);
  expect(rss).toBeLessThan(300);
  await supervisor.shutdown();
}, 90_000);

test('supervisorctl tail -f follows a log', async (context) => {
  context.skip(!hasSupervisorctl(), 'no supervisorctl here');
  const { socket, call } = await daemon();
  await call('supervisor.startProcess', 'p');
  await call('supervisor.sendProcessStdin', 'p', 'first\n');
  const client = spawn('supervisorctl', ['-s', `unix://${socket}`, 'tail', '-f', 'p']);
  later(() => void client.kill('SIGKILL'));
  let out = '';
  client.stdout.on('data', (chunk) => (out += String(chunk)));
  await eventually('the beginning', () => out.includes('==> Press Ctrl-C to exit <==\n') && out.includes('first\n'));
  await call('supervisor.sendProcessStdin', 'p', 'second\n');
  await eventually('what came later', () => out.includes('second\n'));
  expect(out).toBe('==> Press Ctrl-C to exit <==\nfirst\nsecond\n');
});

function hasSupervisorctl(): boolean {
  try {
    return execFileSync('supervisorctl', ['--help']).length > 0;
  } catch {
    return false;
  }
}
