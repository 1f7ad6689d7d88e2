/**
 * Malformed requests, always the same ones for a seed. A connection is a text that is sent as it is: most of them hold
 * several requests, one behind the other, that are wrong in what they say; the others are wrong as HTTP.
 */

/** A number from 0 up to, and without, `below`. */
export type Random = (below: number) => number;

/** A small linear congruential generator. */
export function generator(seed: number): Random {
  let state = seed % 2 ** 31;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

export interface Attack {
  readonly bytes: Buffer;
  /** How many requests it holds. */
  readonly requests: number;
  /** Left open without an end, as a slow client would. */
  readonly isSlow: boolean;
}

/** How many requests one connection carries where they are sound as HTTP. */
const PIPELINED = 12;

export function attack(random: Random): Attack {
  const kind = random(10);
  if (kind < 7) {
    const requests = Array.from({ length: PIPELINED }, () => framed(random));
    return { bytes: Buffer.concat(requests), requests: PIPELINED, isSlow: false };
  }
  const bytes = broken(random);
  return { bytes, requests: 1, isSlow: kind === 9 && random(20) === 0 };
}

/** Sound as HTTP, and nonsense as a request. */
function framed(random: Random): Buffer {
  const headers = ['Host: localhost', ...some(random, HEADERS)];
  const { method, path, body, type } = request(random);
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`, `Content-Type: ${type}`];
  const head = [`${method} ${path} HTTP/1.1`, ...headers, ...length, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)]);
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: Buffer;
  readonly type?: string;
}

function request(random: Random): Request {
  switch (random(6)) {
    case 0:
      return { method: 'POST', path: '/RPC2', body: mutate(pick(random, CALLS), random), type: 'text/xml' };
    case 1:
      return { method: 'POST', path: '/RPC2', body: Buffer.from(nest(random)), type: 'text/xml' };
    case 2:
      return {
        method: 'POST',
        path: `/api/v1${pick(random, POSTS)}`,
        body: mutate(pick(random, BODIES), random),
        type: pick(random, TYPES),
      };
    case 3:
      return { method: pick(random, METHODS), path: `/api/v1${scramble(pick(random, POSTS), random)}` };
    case 4:
      return { method: 'GET', path: scramble(pick(random, GETS), random) };
    default:
      return {
        method: 'POST',
        path: `/api/v1/rpc/${scramble(pick(random, NAMES), random)}`,
        body: mutate(pick(random, BODIES), random),
        type: 'application/json',
      };
  }
}

/** Not even HTTP, or HTTP that lies about its length. */
function broken(random: Random): Buffer {
  const call = pick(random, CALLS);
  const start = 'POST /RPC2 HTTP/1.1\r\nHost: x\r\n';
  switch (random(12)) {
    case 0:
      return Buffer.from(`${start}Content-Length: ${pick(random, LENGTHS)}\r\n\r\n${call}`);
    case 1:
      return Buffer.from(`${start}Content-Length: 5\r\nContent-Length: ${random(100)}\r\n\r\n${call}`);
    case 2:
      return Buffer.concat([Buffer.from(`${start}Transfer-Encoding: chunked\r\n\r\n`), mutate(chunked(call), random)]);
    case 3:
      return Buffer.from(
        `${start}Transfer-Encoding: ${pick(random, ENCODINGS)}\r\nContent-Length: 3\r\n\r\n${chunked(call)}`,
      );
    case 4:
      return Buffer.from(`GET /api/v1 HTTP/1.1\r\nX: ${'y'.repeat(10_000 + random(20_000))}\r\n\r\n`);
    case 5:
      return Buffer.from(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(1_500 + random(2_000))}\r\n`);
    case 6:
      return Buffer.from(`POST /RPC2 HTTP/1.0\r\nContent-Length: ${call.length}\r\n\r\n${call}`);
    case 7:
      return Buffer.from(`${pick(random, VERSIONS)}\r\n\r\n`);
    case 8:
      return Buffer.from(Array.from({ length: 1 + random(400) }, () => random(256)));
    case 9:
      return mutate(framed(random).toString('latin1'), random);
    case 10:
      return framed(random).subarray(0, 1 + random(150)); // breaks off
    default:
      return Buffer.from(
        `GET /api/v1${pick(random, STREAMS)} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`,
      );
  }
}

/** Multicalls in multicalls, values in values, and very many of either. */
function nest(random: Random): string {
  const depth = random(200);
  const value = `${'<value><array><data>'.repeat(depth)}<value>x</value>${'</data></array></value>'.repeat(random(4) === 0 ? depth - 1 : depth)}`;
  const inner = `<value><struct><member><name>methodName</name><value>${pick(random, NAMES)}</value></member><member><name>params</name>${value}</member></struct></value>`;
  const calls = inner.repeat(1 + random(30));
  return `<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${calls}</data></array></value></param></params></methodCall>`;
}

/** Some bytes changed, removed, repeated or moved. */
function mutate(text: string, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(text, 'latin1');
  for (let change = 0; change <= random(3); change += 1) {
    const at = random(bytes.length);
    const rest = bytes.subarray(at + random(20));
    const noise = Buffer.from(Array.from({ length: random(10) }, () => random(256)));
    const kinds = [
      [bytes.subarray(0, at), noise, bytes.subarray(at)],
      [bytes.subarray(0, at), rest],
      [bytes.subarray(0, at), bytes.subarray(random(bytes.length))],
      [bytes.subarray(0, at), noise, rest],
    ];
    bytes = Buffer.concat(kinds[random(kinds.length)] ?? []);
  }
  return bytes;
}

/** A path with something in it that does not belong there. A request line stays one. */
function scramble(path: string, random: Random): string {
  const at = random(path.length + 1);
  return path.slice(0, at) + pick(random, JUNK) + path.slice(at + random(3));
}

function chunked(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\nTrailer: x\r\n\r\n`;
}

function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[random(items.length)] ?? items[0];
}

function some<Item>(random: Random, items: readonly Item[]): Item[] {
  return items.filter(() => random(items.length) < 2);
}

const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString('base64')}`;
const call = (name: string, params: string) =>
  `<?xml version="1.0"?><methodCall><methodName>${name}</methodName><params>${params}</params></methodCall>`;
const param = (value: string) => `<param><value>${value}</value></param>`;

const HEADERS = [
  basic('viewer:looks'),
  basic('admin:acts'),
  'Authorization: Basic %%%',
  'Authorization: Bearer x',
  'Origin: http://evil.example',
  'Sec-Fetch-Site: cross-site',
  'Accept: application/json',
  'Accept: text/event-stream',
  'Last-Event-ID: x-99999999999999999999',
  'Expect: 100-continue',
  'Upgrade: websocket',
  'If-None-Match: "',
];
const CALLS = [
  call('supervisor.getProcessInfo', param('<string>a</string>')),
  call('supervisor.tailProcessStdoutLog', param('a') + param('<int>0</int>') + param('<i4>100</i4>')),
  call('supervisor.sendProcessStdin', param('a') + param('<base64>aGVsbG8=</base64>')),
  call('supervisor.signalProcess', param('a') + param('CONT')),
  call('system.methodHelp', param('<string>&lt;&#x41;&amp;</string>')),
  call('supervisor.startProcess', param('a') + param('<boolean>0</boolean>')),
] as const;
const POSTS = [
  '/processes/a/start',
  '/processes/a/signal',
  '/processes/*/clear-logs',
  '/processes/nope:*/stop',
  '/rpc/supervisor.getState',
  '/rpc/system.multicall',
  '/openapi.json',
] as const;
const GETS = [
  '/',
  '/api/v1/processes/a',
  '/api/v1/processes/a/logs/stdout?tail=10',
  '/api/v1/log?tail=100',
  '/api/v1/openapi.json?x',
  '/index.html?action=nothing&processname=a',
  '/tail.html?processname=a&limit=9',
  '/logtail/nope',
  '/metrics',
] as const;
const STREAMS = [
  '/events',
  '/events?events=process:usage',
  '/processes/a/logs/stdout?follow=1',
  '/log?follow=1',
] as const;
const BODIES = [
  '{"wait":false}',
  '{"signal":"CONT"}',
  '{"name":"a","offset":0,"length":10}',
  '{"calls":[{"methodName":"supervisor.getState","params":[]}]}',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  '{"__proto__":{"wait":true},"constructor":1}',
] as const;
const TYPES = ['application/json', 'text/plain', 'application/json;charset=utf-16', 'application/jsonp', ''] as const;
const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'] as const;
const NAMES = ['supervisor.getState', 'system.multicall', '__proto__.x', 'supervisor.getAllProcessInfo', 'x'] as const;
const LENGTHS = ['-1', '99999999999999999999', '0x10', '1e3', '3', 'abc', '', '8388609'] as const;
const ENCODINGS = ['chunked', 'gzip, chunked', 'chunked, identity', 'xchunked', 'identity'] as const;
const VERSIONS = [
  'GET / HTTP/9.9',
  'GET /',
  'get / http/1.1',
  'GET  /  HTTP/1.1',
  'CONNECT a:1 HTTP/1.1',
  '\x16\x03\x01',
] as const;
const JUNK = [
  '%00',
  '%',
  '%zz',
  '..',
  '/../',
  '%2e%2e%2f',
  '//',
  '?a&a&a',
  '*',
  ':',
  '%F0%9F%92%A9',
  '__proto__',
  '\\',
  '#',
  ';',
  '%E2%82',
] as const;
