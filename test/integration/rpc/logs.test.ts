import { RpcClient } from '../../../plugins/control/client/index.ts';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groupConfig, processConfig, type Supervisor } from '../../../core/index.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { RpcPlugin, type XmlRpcValue } from '../../../plugins/control/rpc/index.ts';
import { exchange, get, open, statusOf, supervisorWith, temporaryDirectory, unixServer } from '../http/support.ts';
import { isMissing, runs } from '../../support/peers.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

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
  await until('it is logged', async () => (await read()) === 'grüß €\n');
  expect(await call('supervisor.tailProcessLog', 'p', 0, 4)).toEqual(['€\n', 11, true]);
  expect(await call('supervisor.clearProcessLogs', 'p')).toBe(true);
  expect(await read()).toBe('');
  await expect(call('supervisor.readProcessStdoutLog', 'p', -4, 2)).rejects.toThrow('BAD_ARGUMENTS');
  await expect(call('supervisor.readProcessStderrLog', 'p', 0, 0)).rejects.toThrow('NO_FILE');
  expect(await call('supervisor.readLog', 0, 0)).toContain("INFO spawned: 'p' with pid");
});

test('the logs of one program are opened anew after a rename, and a link planted there is refused', async () => {
  const { call, log, directory } = await daemon();
  await call('supervisor.startProcess', 'p');
  await call('supervisor.sendProcessStdin', 'p', 'old\n');
  await until('the first line', () => readFileSync(log, 'utf8') === 'old\n');
  renameSync(log, `${log}.yesterday`);
  expect(await call('tsv.reopenLogs', 'p')).toBe(true);
  await call('supervisor.sendProcessStdin', 'p', 'new\n');
  await until('the second line', () => readFileSync(log, 'utf8') === 'new\n');
  expect(readFileSync(`${log}.yesterday`, 'utf8')).toBe('old\n');
  renameSync(log, `${log}.yesterday`);
  mkdirSync(log);
  await expect(call('tsv.reopenLogs', 'p')).rejects.toThrow('the old file stays in use');
  await expect(call('tsv.reopenLogs', 'nope')).rejects.toThrow('BAD_NAME');
  expect(readdirSync(directory)).toContain('p.log.yesterday');
});

test('bytes that are no UTF-8 are read as replacement characters, and base64 is sent as it is', async () => {
  const { call } = await daemon();
  await call('supervisor.startProcess', 'p');
  await call('supervisor.sendProcessStdin', 'p', new Uint8Array([0x61, 0xff, 0x00, 0x0a]));
  const tail = () => call('supervisor.tailProcessStdoutLog', 'p', 0, 10);
  // A NUL has no place in XML.
  await until('it is logged', async () => JSON.stringify(await tail()).includes('4,'));
  expect(await tail()).toEqual(['a\ufffd\ufffd\n', 4, false]);
});

test('a log tail streams what is there and what comes, until the client goes or the server closes', async () => {
  const { supervisor, socket, call } = await daemon();
  await call('supervisor.startProcess', 'p');
  await call('supervisor.sendProcessStdin', 'p', 'first\n');
  await until('it is logged', async () => (await call('supervisor.readProcessLog', 'p', 0, 0)) === 'first\n');
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
  await until('it is open', async () => (await descriptors(socket)) > 0);
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
  await until('the tail to send', () => client.readableLength > 0);
  // A server that reads more than the client takes does so meanwhile: each answer is a turn of its loop, or more.
  for (let turn = 0; turn < 200; turn += 1) await call('supervisor.getState');
  expect(process.memoryUsage().arrayBuffers / 2 ** 20).toBeLessThan(8);
  let received = 0;
  client.on('data', (chunk) => (received += chunk.length));
  await until('all of it arrives', () => received >= size, 20_000);
  client.destroy();
});

/** Follows the log of `p`, and compares what comes with what should. */
function reader(socket: string, want: Buffer) {
  const state = { at: 0, isRight: true, peakMiB: 0 };
  const request = httpGet({ socketPath: socket, path: '/logtail/p' });
  later(() => void request.destroy());
  request.on('error', () => undefined); // destroyed by the line above
  const response = new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
  void response.then((stream) =>
    stream.on('data', (chunk: Buffer) => {
      state.isRight &&= chunk.equals(want.subarray(state.at, state.at + chunk.length));
      state.at += chunk.length;
      state.peakMiB = process.memoryUsage.rss() / 2 ** 20;
    }),
  );
  return { state, response };
}

test('fifty clients follow a program that writes 50 MiB, ten of them slowly: each gets every byte, and memory stays small', async () => {
  const lines = 2_760_000;
  const { socket, call, supervisor } = await daemon(`sh -c "read go; seq -f %018.0f 1 ${lines}; read end"`);
  const want = Buffer.from(
    Array.from({ length: lines }, (_, index) => `${String(index + 1).padStart(18, '0')}\n`).join(''),
  );
  await call('supervisor.startProcess', 'p');
  const clients = Array.from({ length: 50 }, () => reader(socket, want));
  const streams = await Promise.all(clients.map(({ response }) => response));
  for (const stream of streams.slice(40)) stream.pause();
  const before = process.memoryUsage.rss() / 2 ** 20;
  await call('supervisor.sendProcessStdin', 'p', 'go\n');
  const haveAll = (some: typeof clients) => some.every(({ state }) => state.at >= want.length);
  await until('the fast ones have all', () => haveAll(clients.slice(0, 40)), 120_000);
  expect(clients.slice(40).map(({ state }) => state.at)).toEqual(Array(10).fill(0));
  for (const stream of streams.slice(40)) stream.resume();
  await until('the slow ones have all', () => haveAll(clients), 120_000);
  expect(clients.filter(({ state }) => !state.isRight || state.at !== want.length)).toEqual([]);
  const more = Math.max(...clients.map(({ state }) => state.peakMiB)) - before;
  expect(more, 'MiB, the clients included').toBeLessThan(150);
  await supervisor.shutdown();
}, 300_000);

const isAlone = isMissing('supervisorctl', runs('supervisorctl', '--help'), 'it does not follow a log of ours');

test.skipIf(isAlone)('supervisorctl tail -f follows a log', async () => {
  const { socket, call } = await daemon();
  await call('supervisor.startProcess', 'p');
  await call('supervisor.sendProcessStdin', 'p', 'first\n');
  const client = spawn('supervisorctl', ['-s', `unix://${socket}`, 'tail', '-f', 'p']);
  later(() => void client.kill('SIGKILL'));
  let out = '';
  client.stdout.on('data', (chunk) => (out += String(chunk)));
  await until('the beginning', () => out.includes('==> Press Ctrl-C to exit <==\n') && out.includes('first\n'));
  await call('supervisor.sendProcessStdin', 'p', 'second\n');
  await until('what came later', () => out.includes('second\n'));
  expect(out).toBe('==> Press Ctrl-C to exit <==\nfirst\nsecond\n');
});
