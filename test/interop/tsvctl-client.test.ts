import { RpcClient, RpcError, type RpcFailure } from '../../plugins/control/client/index.ts';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createPlainServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { printFault, printResponse } from '../../plugins/control/rpc/xmlrpc/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tsvctl-client-'));
const socket = join(folder, 's.sock');
const serverurl = `unix://${socket}`;
let server: Server | undefined;

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

async function serve(listener: RequestListener): Promise<void> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
}

async function failureOf(call: Promise<unknown>): Promise<RpcFailure> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error.failure;
  throw new Error('no RpcError', { cause: error });
}

describe('a call', () => {
  test('gives the value, and sends name and password only when it has both', async () => {
    const seen: (string | undefined)[] = [];
    await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end(printResponse(['é', 1]));
    });
    expect(await new RpcClient({ serverurl, username: 'me', password: 'a:é' }).call('x')).toEqual(['é', 1]);
    expect(await new RpcClient({ serverurl, username: 'me' }).call('x')).toEqual(['é', 1]);
    expect(seen).toEqual([`Basic ${Buffer.from('me:a:é').toString('base64')}`, undefined]);
  });

  test.each<[string, RequestListener, RpcFailure]>([
    ['a fault', (_, response) => response.end(printFault(10, 'BAD')), { kind: 'fault', code: 10, text: 'BAD' }],
    ['401', (_, response) => response.writeHead(401).end(), { kind: 'unauthorized' }],
    [
      '500',
      (_, response) => response.writeHead(500).end(),
      { kind: 'status', status: 500, reason: 'Internal Server Error' },
    ],
    [
      '403 with words',
      (_, response) => response.writeHead(403, { 'Content-Type': 'text/plain' }).write('not you\nnor me'),
      { kind: 'status', status: 403, reason: 'Forbidden', said: 'not you' },
    ],
    [
      '403 with a page that never ends',
      (_, response) => response.writeHead(403, { 'Content-Type': 'text/html' }).write('<html>'),
      { kind: 'status', status: 403, reason: 'Forbidden' },
    ],
    ['an answer that is no XML-RPC', (_, response) => response.end('<html>'), { kind: 'other' }],
    ['a connection that breaks', (_, response) => response.destroy(), { kind: 'other' }],
    [
      'an answer that breaks',
      (_, response) => response.writeHead(200, { 'Content-Length': 9 }).write('x', () => response.destroy()),
      { kind: 'other' },
    ],
    ['silence', () => undefined, { kind: 'timeout', timeoutMs: 100 }],
    ['silence after the head', (_, response) => response.flushHeaders(), { kind: 'timeout', timeoutMs: 100 }],
  ])('%s', async (_, listener, failure) => {
    await serve(listener);
    expect(await failureOf(new RpcClient({ serverurl, timeoutMs: 100 }).call('x'))).toEqual(failure);
  });

  test.each<[string, RpcFailure['kind']]>([
    ['unix:///nonexistent.sock', 'no-such-file'],
    ['http://127.0.0.1:1', 'refused'],
    ['http://localhost:1', 'refused'],
    ['http://[::1]:1', 'refused'],
    ['ftp://host', 'bad-url'],
    ['http://', 'bad-url'],
  ])('to %s fails as %s', async (url, kind) => {
    const failure = await failureOf(new RpcClient({ serverurl: url }).call('x'));
    // A machine without IPv6 has no ::1 to refuse anything.
    expect([kind, ...(url.includes('[') ? ['other'] : [])]).toContain(failure.kind);
  });

  test('a socket file that nobody serves any more refuses the connection', async () => {
    const stale = join(folder, 'stale.sock');
    const plain = createPlainServer().listen(stale);
    await new Promise((resolve) => plain.on('listening', resolve));
    const client = new RpcClient({ serverurl: `unix://${stale}` });
    const { renameSync } = await import('node:fs');
    renameSync(stale, `${stale}.kept`);
    plain.close();
    renameSync(`${stale}.kept`, stale);
    expect((await failureOf(client.call('x'))).kind).toBe('refused');
  });
});

describe('a stream', () => {
  test('gives what comes, until it is aborted, which is no error', async () => {
    await serve((_, response) => response.write('one'));
    const controller = new AbortController();
    const chunks: string[] = [];
    await new RpcClient({ serverurl }).stream(
      '/mainlogtail',
      (chunk) => {
        chunks.push(chunk.toString());
        controller.abort();
      },
      controller.signal,
    );
    expect(chunks).toEqual(['one']);
  });

  test('fails as a call does', async () => {
    await serve((_, response) => response.writeHead(404).end());
    const failure = await failureOf(new RpcClient({ serverurl }).stream('/x', () => undefined));
    expect(failure).toEqual({ kind: 'status', status: 404, reason: 'Not Found' });
  });
});
