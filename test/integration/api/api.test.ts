import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import type { Plugin } from '../../../core/index.ts';
import { ApiPlugin } from '../../../plugins/control/api/index.ts';
import { exchange, open, statusOf, temporaryDirectory } from '../http/support.ts';
import { apiDaemon, EventClient, send } from './support.ts';
import { loggingOf } from '../../support/logging.ts';

test('the daemon tells who it is and what the caller may do', async () => {
  const { get } = await apiDaemon();
  const { status, headers, json } = await get('');
  expect(status).toBe(200);
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  expect(json).toEqual({
    version: '0.0.0-test',
    supervisor: '4.2.5',
    identifier: 'tests',
    pid: process.pid,
    state: 'running',
    user: null,
    role: 'admin',
  });
});

test('a plugin adds fields to the status of a process', async () => {
  const mood: Plugin = {
    name: 'mood',
    apply: (supervisor) =>
      ApiPlugin.getHooks(supervisor).status.tap('mood', (status) => ({ ...status, mood: `good, ${status.name}` })),
  };
  const { get } = await apiDaemon([{ programs: [{ name: 'web' }] }], { plugins: [mood] });
  expect((await get('/processes/web')).json).toMatchObject({ namespec: 'web', mood: 'good, web' });
});

test('a process is listed, started, signalled, restarted and stopped', async () => {
  const { get, post } = await apiDaemon([{ programs: [{ name: 'web', stopsignal: 'SIGKILL' }] }]);
  expect((await get('/processes')).json).toEqual({
    processes: [
      {
        group: 'web',
        name: 'web',
        namespec: 'web',
        state: 'STOPPED',
        statecode: 0,
        reason: 'not started',
        health: 'sound',
        trouble: null,
        pid: null,
        startedAt: null,
        stoppedAt: null,
        since: null,
        uptimeSeconds: null,
        run: 0,
        restarts: 0,
        exit: null,
        lastUsage: null,
        lastLine: null,
        logs: { stdout: expect.stringContaining('web-stdout'), stderr: expect.stringContaining('web-stderr') },
        autostart: false,
        priority: 999,
        kind: 'group',
      },
    ],
  });
  expect((await post('/processes/web/start')).json).toEqual({ results: [{ namespec: 'web', ok: true }] });
  const { json: running } = await get('/processes/web:web');
  expect(running).toMatchObject({
    usage: { cpu: expect.any(Number), memoryBytes: expect.any(Number), processes: 1 },
    state: 'RUNNING',
    reason: 'started (client: supervisor.startProcess)',
    pid: expect.any(Number),
    uptimeSeconds: 0,
  });
  expect(Date.parse(running.startedAt)).toBeLessThanOrEqual(Date.now());

  const again = await post('/processes/web/start');
  expect([again.status, again.json]).toEqual([
    409,
    { error: { code: 'ALREADY_STARTED', message: 'it runs already: web' } },
  ]);
  expect((await post('/processes/web/signal', { signal: 'CONT' })).json.results).toEqual([
    { namespec: 'web', ok: true },
  ]);
  expect((await post('/processes/web/restart')).json.results).toEqual([{ namespec: 'web', ok: true }]);
  expect((await get('/processes/web')).json.pid).not.toBe(running.pid);
  expect((await post('/processes/web/stop')).json.results).toEqual([{ namespec: 'web', ok: true }]);
  const { json: stopped } = await get('/processes/web');
  expect(stopped).toMatchObject({
    state: 'STOPPED',
    reason: 'stopped (client: supervisor.stopProcess)',
    exit: { kind: 'signal', signal: 'SIGKILL' },
    pid: null,
    uptimeSeconds: null,
  });
  expect((await post('/processes/web/restart')).json.results).toEqual([{ namespec: 'web', ok: true }]);
  expect((await post('/processes/web/clear-logs')).json.results).toEqual([{ namespec: 'web', ok: true }]);
});

test('an action on a group, or on all, tells what became of each process', async () => {
  const { get, post } = await apiDaemon([
    { name: 'pair', programs: [{ name: 'a' }, { name: 'b', command: '/no/such/program' }] },
    { programs: [{ name: 'c' }] },
  ]);
  const started = await post('/processes/pair:*/start');
  expect(started.status).toBe(200);
  expect(started.json.results).toContainEqual({ namespec: 'pair:a', ok: true });
  expect(started.json.results).toContainEqual({
    namespec: 'pair:b',
    ok: false,
    fault: { code: 'NO_FILE', message: expect.stringContaining('/no/such/program') },
  });
  const all = await post('/processes/*/start');
  expect(all.json.results.map(({ namespec }: { namespec: string }) => namespec).sort()).toEqual(['c', 'pair:b']);
  expect((await post('/processes/*/restart')).json.results).toContainEqual({ namespec: 'c', ok: true });
  expect((await post('/processes/*/clear-logs')).json.results).toHaveLength(3);
  expect((await post('/processes/pair:*/clear-logs')).json.results).toHaveLength(2);
  await post('/processes/*/stop');
  const states = (await get('/processes')).json.processes.map(({ state }: { state: string }) => state);
  expect(states.every((state: string) => state === 'STOPPED')).toBe(true);
});

test('a restart that nobody waits for answers at once, and takes place', async () => {
  const { get, post } = await apiDaemon([
    { programs: [{ name: 'slow', command: 'sleep 1000', stopsignal: 'SIGKILL' }] },
  ]);
  await post('/processes/slow/start');
  const { pid } = (await get('/processes/slow')).json;
  expect((await post('/processes/slow/restart', { wait: false })).json.results).toEqual([
    { namespec: 'slow', ok: true },
  ]);
  await expect
    .poll(async () => (await get('/processes/slow')).json, { timeout: 10_000 })
    .toMatchObject({ state: 'RUNNING', pid: expect.not.toSatisfy((now: number) => now === pid) });
});

test.each([
  ['GET', '/nope', undefined, 404, 'NOT_FOUND'],
  ['GET', '/processes/nope', undefined, 404, 'BAD_NAME'],
  ['GET', '/processes?x=1', undefined, 400, 'INCORRECT_PARAMETERS'],
  ['GET', '/processes/a/logs/stdout?tail=-1', undefined, 400, 'INCORRECT_PARAMETERS'],
  ['GET', '/processes/a/logs/stdout?tail=1&tail=2', undefined, 400, 'INCORRECT_PARAMETERS'],
  ['GET', '/processes/a/logs/stdout?follow=maybe', undefined, 400, 'INCORRECT_PARAMETERS'],
  ['GET', '/processes/nope/logs/stdout', undefined, 404, 'BAD_NAME'],
  ['GET', '/events?events=process:nope', undefined, 400, 'INCORRECT_PARAMETERS'],
  ['GET', '/processes/a/journal', undefined, 501, 'NOT_IMPLEMENTED'],
  ['DELETE', '/processes/a', undefined, 405, 'METHOD_NOT_ALLOWED'],
  ['GET', '/processes/a/start', undefined, 405, 'METHOD_NOT_ALLOWED'],
  ['POST', '/processes', {}, 405, 'METHOD_NOT_ALLOWED'],
  ['POST', '/processes/nope/start', {}, 404, 'BAD_NAME'],
  ['POST', '/processes/nope:*/start', {}, 404, 'BAD_NAME'],
  ['POST', '/processes/nope:*/clear-logs', {}, 404, 'BAD_NAME'],
  ['POST', '/processes/a/stop', {}, 409, 'NOT_RUNNING'],
  ['POST', '/processes/a/start', { wait: 'yes' }, 400, 'INCORRECT_PARAMETERS'],
  ['POST', '/processes/a/start', { weight: true }, 400, 'INCORRECT_PARAMETERS'],
  ['POST', '/processes/a/start', '{"__proto__":1}', 400, 'INCORRECT_PARAMETERS'],
  ['POST', '/processes/a/signal', {}, 400, 'INCORRECT_PARAMETERS'],
  ['POST', '/processes/a/signal', { signal: 'NOPE' }, 400, 'BAD_SIGNAL'],
  ['POST', '/processes/a/start', [], 400, 'INCORRECT_PARAMETERS'],
  ['POST', '/processes/a/start', '{"wait":', 400, 'BAD_REQUEST'],
] as const)('%s %s with %j is %s %s', async (method, path, body, status, code) => {
  const { socket } = await apiDaemon([{ programs: [{ name: 'a' }] }]);
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const answer = await send(socket, { method, path: `/api/v1${path}`, headers }, body);
  expect([answer.status, answer.json?.error.code]).toEqual([status, code]);
  expect(answer.json.error.message).not.toBe('');
});

test('a form of another site cannot act: an action wants the type of JSON', async () => {
  const { socket, supervisor } = await apiDaemon([{ programs: [{ name: 'a' }] }]);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
    const headers = type === '' ? {} : { 'Content-Type': type };
    const answer = await send(socket, { method: 'POST', path: '/api/v1/processes/a/start', headers }, '{}');
    expect([answer.status, answer.json.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  }
  expect(supervisor.find('a')?.state).toBe('STOPPED');
});

test('OPTIONS tells the methods, HEAD is a GET without its body', async () => {
  const { socket } = await apiDaemon();
  const options = await send(socket, { method: 'OPTIONS', path: '/api/v1/processes' });
  expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
  const head = await send(socket, { method: 'HEAD', path: '/api/v1/processes' });
  expect([head.status, head.text, Number(head.headers['content-length']) > 0]).toEqual([200, '', true]);
});

test('events are told as they happen, and what was missed is told at the next connection', async () => {
  const { socket, post } = await apiDaemon([{ programs: [{ name: 'a', stopsignal: 'SIGKILL' }] }]);
  const first = new EventClient(socket, '/events?events=process:state,process:exited');
  await first.until('a beginning', ({ lastId }) => lastId !== undefined);
  await post('/processes/a/start');
  await first.until('RUNNING', ({ events }) => events.some(({ data }) => data.process?.state === 'RUNNING'));
  expect(first.events.map(({ event, data }) => [event, data.from, data.process.state])).toEqual([
    ['process:state', 'STOPPED', 'STARTING'],
    ['process:state', 'STARTING', 'RUNNING'],
  ]);
  expect(first.events[0]?.data.at).toMatch(/^\d{4}-.*Z$/);
  expect(first.events[0]?.data.cause).toEqual({ by: 'client', detail: 'supervisor.startProcess' });
  first.close();
  await post('/processes/a/stop');

  const second = new EventClient(socket, '/events', { 'Last-Event-ID': first.lastId ?? '' });
  await second.until('the exit', ({ events }) => events.some(({ event }) => event === 'process:exited'));
  expect(second.events[0]).toMatchObject({ event: 'process:state', data: { process: { state: 'STOPPING' } } });
  expect(second.events.some(({ event }) => event === 'gap')).toBe(false);

  const stranger = new EventClient(socket, '/events', { 'Last-Event-ID': 'another-17' });
  await stranger.until('the gap', ({ events }) => events.length > 0);
  expect(stranger.events).toEqual([{ id: undefined, event: 'gap', data: { missed: null } }]);

  const curious = new EventClient(socket, '/events?last=2&events=process:state');
  await curious.until('the past', ({ events }) => events.length > 0);
  expect(curious.events.at(-1)?.data.process.state).toBe('STOPPED');
});

test('what processes use is told to those who ask for it by name, and looked up while somebody does', async () => {
  const { socket, post } = await apiDaemon([{ programs: [{ name: 'a', stopsignal: 'SIGKILL' }] }]);
  await post('/processes/a/start');
  const client = new EventClient(socket, '/events?events=process:usage,process:state');
  await client.until('two looks', ({ events }) => events.filter(({ event }) => event === 'process:usage').length > 1);
  expect(client.events.at(-1)).toEqual({
    id: undefined,
    event: 'process:usage',
    data: {
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      usages: [
        {
          namespec: 'a',
          cpu: expect.any(Number),
          memoryBytes: expect.any(Number),
          processes: 1,
          openFiles: expect.any(Number),
        },
      ],
    },
  });
});

test('every method of XML-RPC can be called with its parameters by name', async () => {
  const { get, post, supervisor } = await apiDaemon([{ programs: [{ name: 'a', stopsignal: 'SIGKILL' }] }]);
  expect((await post('/rpc/supervisor.startProcess', { name: 'a', wait: false })).json).toEqual({ result: true });
  expect((await post('/rpc/supervisor.getProcessInfo', { name: 'a' })).json.result).toMatchObject({
    statename: 'RUNNING',
  });
  const calls = [{ methodName: 'supervisor.getState' }, { methodName: 'supervisor.getProcessInfo', params: ['nope'] }];
  expect((await post('/rpc/system.multicall', { calls })).json.result).toEqual([
    { statecode: 1, statename: 'RUNNING' },
    { faultCode: 10, faultString: 'BAD_NAME: nope' },
  ]);
  const refused = async (method: string, body: unknown) => {
    const { status, json } = await post(`/rpc/${method}`, body);
    return [status, json.error.code, json.error.message];
  };
  expect(await refused('supervisor.nope', {})).toEqual([
    404,
    'UNKNOWN_METHOD',
    'there is no such method: supervisor.nope',
  ]);
  expect(await refused('__proto__', {})).toEqual([404, 'UNKNOWN_METHOD', 'there is no such method: __proto__']);
  expect(await refused('supervisor.startProcess', {})).toEqual([400, 'INCORRECT_PARAMETERS', 'name is missing']);
  expect(await refused('supervisor.startProcess', { name: 1 })).toEqual([
    400,
    'INCORRECT_PARAMETERS',
    'name must be a string, not 1',
  ]);
  expect(await refused('supervisor.startProcess', { name: 'a', weight: 1 })).toEqual([
    400,
    'INCORRECT_PARAMETERS',
    'unknown parameter "weight"; known: name, wait',
  ]);
  expect(await refused('supervisor.startProcess', { name: 'a' })).toEqual([
    409,
    'ALREADY_STARTED',
    'it runs already: a',
  ]);
  await supervisor.find('a')?.stop({ by: 'client' }).done;
  expect((await get('/processes/a')).json.state).toBe('STOPPED');
});

test('the OpenAPI document is valid, describes every operation and method, and is not sent twice', async () => {
  const { get, socket } = await apiDaemon();
  const { json: document, headers } = await get('/openapi.json');
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  const ids = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(
    expect.arrayContaining(['listProcesses', 'startProcesses', 'streamEvents', 'supervisor.getState']),
  );
  const again = await send(socket, {
    method: 'GET',
    path: '/api/v1/openapi.json',
    headers: { 'If-None-Match': headers.etag ?? '' },
  });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('every method answers as the document says', async () => {
  const { get, post, conformity } = await apiDaemon([
    { programs: [{ name: 'a', command: 'cat', stopsignal: 'SIGKILL' }] },
  ]);
  await post('/processes/a/start');
  const { json: document } = await get('/openapi.json');
  const paths = Object.keys(document.paths).filter((path) => path.startsWith('/api/v1/rpc/'));
  for (const path of paths.filter((one) => !/shutdown|restart$/.test(one))) {
    const { properties } = document.paths[path].post.requestBody.content['application/json'].schema;
    const body = Object.fromEntries(Object.keys(properties).map((name) => [name, SAMPLES[name]]));
    await post(path.slice('/api/v1'.length), body);
  }
  expect(paths.length).toBeGreaterThan(40);
  expect([...conformity.seen].filter((id) => id.includes('.'))).toHaveLength(paths.length - 2);
});

/** A value for each parameter that a method has. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  name: 'a',
  wait: true,
  signal: 'CONT',
  offset: 0,
  length: 10,
  chars: 'hello',
  type: 'x',
  data: 'y',
  calls: [],
};

test('a log is read, followed, and followed as events', async () => {
  const { socket, get, post, supervisor } = await apiDaemon([
    { programs: [{ name: 'cat', command: 'cat', stopsignal: 'SIGKILL' }] },
  ]);
  await post('/processes/cat/start');
  const say = (text: string | Buffer) => {
    const view = supervisor.find('cat')?.view;
    if (view !== undefined) loggingOf(supervisor).stdin(view, Buffer.from(text));
  };
  say('one <b>\ntwo\n');
  await expect.poll(async () => (await get('/processes/cat/logs/stdout')).text).toBe('one <b>\ntwo\n');
  const tail = await get('/processes/cat/logs/stdout?tail=4&download=1');
  expect([tail.text, tail.headers['content-type'], tail.headers['content-disposition']]).toEqual([
    'two\n',
    'text/plain;charset=utf-8',
    `attachment; filename="cat.stdout.log"; filename*=UTF-8''cat.stdout.log`,
  ]);
  const client = new EventClient(socket, '/processes/cat/logs/stdout?tail=4&follow=1', { Accept: 'text/event-stream' });
  await client.until('the end of the log', ({ events }) => events.length > 0);
  say(Buffer.from([0x65, 0xe2, 0x82]));
  await client.until('a half character', ({ events }) => events.length > 1);
  say(Buffer.from([0xac, 0xff]));
  await client.until('the rest', ({ events }) => events.length > 2);
  expect(client.events.map(({ data }) => data)).toEqual(['two\n', 'e', '€\ufffd']);
  const once = new EventClient(socket, '/processes/cat/logs/stderr', { Accept: 'text/event-stream' });
  await once.until('the end', ({ isEnded }) => isEnded);
  expect(once.events.map(({ event }) => event)).toEqual(['end']);
  expect((await get('/log?tail=100')).status).toBe(200);
});

test('a named pipe that nobody writes to is no log, and holds up nobody who reads one', async () => {
  const directory = temporaryDirectory();
  const pipe = join(directory, 'pipe');
  const plain = join(directory, 'plain');
  execFileSync('mkfifo', [pipe]);
  writeFileSync(plain, 'words\n');
  const file = (path: string) => ({ kind: 'file', path });
  const { get } = await apiDaemon([
    { programs: [{ name: 'a', options: { stdout_logfile: file(pipe), stderr_logfile: file(plain) } }] },
  ]);
  // More than libuv has threads to wait in.
  const answers = await Promise.all(Array.from({ length: 8 }, () => get('/processes/a/logs/stdout')));
  expect(answers.map(({ json }) => json.error.code)).toEqual(Array.from({ length: 8 }, () => 'NO_FILE'));
  expect((await get('/processes/a/logs/stderr')).text).toBe('words\n');
});

test('a viewer sees everything and changes nothing', async () => {
  const viewer = { username: 'eve', password: 'looks' };
  const { get, post, supervisor } = await apiDaemon([{ programs: [{ name: 'a' }] }], {
    server: { username: 'ann', password: 'acts', viewer },
  });
  const as = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  expect((await get('', as('eve:looks'))).json).toMatchObject({ user: 'eve', role: 'viewer' });
  expect((await get('/processes', as('eve:looks'))).status).toBe(200);
  const refused = await post('/processes/a/start', {}, as('eve:looks'));
  expect([refused.status, refused.json]).toEqual([
    403,
    { error: { code: 'FORBIDDEN', message: 'this account may only look' } },
  ]);
  expect(supervisor.find('a')?.state).toBe('STOPPED');
  expect((await get('/processes')).status).toBe(401);
  expect((await get('/processes', { Accept: 'application/json' })).json.error.code).toBe('UNAUTHORIZED');
  expect((await post('/processes/a/start', {}, as('ann:acts'))).status).toBe(200);
  expect((await get('/processes/a', as('ann:acts'))).json.reason).toBe(
    'started (client: supervisor.startProcess by ann)',
  );
});

test('a stream that waits behind another one is let go with its connection', async () => {
  const { socket, get } = await apiDaemon();
  const stream = 'GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n';
  for (let round = 0; round < 140; round += 1) await exchange(socket, stream + stream, { until: 'retry' });
  // Nothing is left of them: of 256 places, all are free again.
  const opened = await Promise.all(
    Array.from({ length: 256 }, async () => {
      const client = open(socket);
      client.write(stream);
      const [head] = (await once(client, 'data')) as [Buffer];
      return { client, status: statusOf(head.toString()) };
    }),
  );
  expect(opened.filter(({ status }) => status !== 200)).toEqual([]);
  const refused = await get('/events');
  expect([refused.status, refused.json.error.code]).toEqual([503, 'TOO_MANY_STREAMS']);
  for (const { client } of opened) client.destroy();
  await expect.poll(async () => statusOf(await exchange(socket, stream, { until: 'retry' }))).toBe(200);
});

test('a client that does not read its events is told of the gap, and costs no memory', async () => {
  const { socket, supervisor } = await apiDaemon([{ programs: [{ name: 'a' }] }]);
  const client = open(socket);
  client.write('GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(client, 'data');
  client.pause();
  const view = supervisor.find('a')?.view;
  if (view === undefined) throw new Error('no process');
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 20_000; index += 1) {
    supervisor.events.emit('process:added', { process: view });
    if (index % 100 === 0) await new Promise((turn) => setImmediate(turn));
  }
  expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(60);
  let text = '';
  client.on('data', (chunk: Buffer) => (text += chunk.toString()));
  client.resume();
  await expect.poll(() => text, { timeout: 10_000 }).toMatch(/event: gap\ndata: \{"missed":\d+\}/);
  const last = /id: (\S+)-19999\n/;
  await expect.poll(() => text, { timeout: 10_000 }).toMatch(last);
  client.destroy();
});
