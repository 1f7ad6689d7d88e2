import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { exchange, get, statusOf } from '../http/support.ts';
import { Place, runCommand } from '../../support/tsvd.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/wait.ts';

const TSVCTL = fileURLToPath(new URL('../../../dist/tsvctl', import.meta.url));
const LIMIT = 256;
const ACCOUNTS = 'username=ann\npassword=acts\nviewer_username=eve\nviewer_password=looks\n';
const basic = (text: string): string => `Authorization: Basic ${Buffer.from(text).toString('base64')}`;
const VIEWER = basic('eve:looks');
const ADMIN = basic('ann:acts');

const ctlOver = (port: number, ...words: string[]) => runCommand(TSVCTL, ['-s', `http://127.0.0.1:${port}`, ...words]);

/** A tsvd with few descriptors and a TCP port with two accounts. */
async function limited(programs: string, supervisord = '') {
  const place = new Place();
  const port = await freePort();
  place.conf(`[inet_http_server]\nport=127.0.0.1:${port}\n${ACCOUNTS}${programs}`, `minfds=200\n${supervisord}`);
  const by = place.write('limited.sh', `#!/bin/sh\nulimit -n ${LIMIT}\nexec "$@"\n`, 0o755);
  const { child } = await place.start(undefined, {}, by);
  const descriptors = (): string[] => readdirSync(`/proc/${child.pid}/fd`);
  return { place, port, descriptors, pid: child.pid ?? 0 };
}

/** Connections that say `text` and nothing more; some may be turned away. Close them with `close`. */
function flood(port: number, count: number, text = '') {
  const sockets = Array.from({ length: count }, (): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    if (text !== '') socket.write(text);
    return socket;
  });
  return {
    settled: Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')]))),
    close: () => sockets.forEach((socket) => socket.destroy()),
  };
}

test('a flood of TCP connections shuts out neither the unix socket nor a start', { timeout: 60_000 }, async () => {
  const program =
    '[program:p]\ncommand=sleep 1000\nautostart=false\nstartsecs=0\nnumprocs=20\nprocess_name=p%(process_num)s\n';
  const { place, port } = await limited(program);
  await using _ = place;
  const attack = flood(port, 300, 'POST /RPC2 HTTP/1.1\r\n');
  try {
    await attack.settled;
    await until('the log says so', () => place.read('log').includes('connections over TCP are closed'));
    expect((await place.ctl('status', 'p:p0')).out).toContain('STOPPED');
    const { out } = await place.ctl('start', 'p:*');
    expect(out.match(/: started/g)).toHaveLength(20);
    expect(place.read('log')).not.toContain('too many open files');
    expect(place.read('log').match(/connections over TCP are closed/g)).toHaveLength(1);
  } finally {
    attack.close();
  }
  await until('TCP to answer again', async () => {
    const answer = await exchange(port, get('/nothing', [ADMIN])).catch(() => '');
    return statusOf(answer) === 404;
  });
  await until('the log says so', () => place.read('log').includes('file descriptors are free again'));
});

test('programs that find no descriptors leave the daemon under control', { timeout: 60_000 }, async () => {
  const program =
    '[program:p]\ncommand=sleep 1000\nstartsecs=0\nstartretries=0\nnumprocs=80\nprocess_name=p%(process_num)s\n';
  const { place, port, descriptors } = await limited(program);
  await using _ = place;
  await until('the last start', () => place.read('log').includes("too many open files to spawn 'p79'"));
  // Before anything was started: 80 processes, with stdin, and a pipe and a file for each of two channels.
  expect(place.read('log')).toMatch(
    /WARN 80 processes need up to 400 file descriptors, and only \d+ of 256 are there for them: .* Set minfds=\d+/,
  );
  expect(descriptors().length).toBeLessThan(LIMIT - 10);
  expect((await place.ctl('status', 'p:p79')).out).toMatch(/FATAL .*too many open files to spawn 'p79'/);
  expect((await place.ctl('stop', 'p:p0', 'p:p1')).out).toContain('p:p1: stopped');
  expect((await place.ctl('start', 'p:p79')).out).toContain('p:p79: started');
  expect(statusOf(await exchange(port, get('/nothing', [ADMIN])))).toBe(404);
});

test('a program that is stopped holds no descriptor', async () => {
  const program =
    '[program:p]\ncommand=sleep 1000\nstartsecs=0\nautostart=false\nnumprocs=10\nprocess_name=p%(process_num)s\n';
  const { place, descriptors } = await limited(program);
  await using _ = place;
  await place.ctl('status');
  const before = descriptors().length;
  await place.ctl('start', 'p:*');
  const running = descriptors().length;
  await place.ctl('stop', 'p:*');
  await until('the pipes are closed', () => descriptors().length <= before);
  // stdin, two pipes, two logs; less two, for a connection may still be closing when one looks.
  expect(running - before).toBeGreaterThanOrEqual(48);
});

test('unfinished bodies of a viewer are bounded together', { timeout: 60_000 }, async () => {
  const { place, port, pid } = await limited('');
  await using _ = place;
  const rss = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  const before = rss();
  const body = 1_000_000;
  const head = `POST /RPC2 HTTP/1.1\r\nHost: x\r\n${VIEWER}\r\nContent-Length: ${body}\r\n\r\n`;
  const attack = flood(port, 150, head + 'x'.repeat(body - 1));
  try {
    await attack.settled;
    const refused = await until('a viewer to be refused', async () => {
      const answer = await exchange(port, head + 'x'.repeat(body - 1), { until: '\r\n\r\n', timeoutMs: 500 }).catch(
        () => '',
      );
      return answer.includes('503') ? answer : '';
    });
    expect(refused).toContain('the requests under way hold 33554432 bytes, the limit for accounts that may only look');
    expect(
      statusOf(await exchange(port, `${head.replace(VIEWER, ADMIN)}${'x'.repeat(body)}`, { until: '\r\n\r\n' })),
    ).toBe(400);
    expect(rss() - before).toBeLessThan(200);
  } finally {
    attack.close();
  }
});

test(
  'administrators get a stream while viewers hold all of theirs, and are told why they get no more',
  { timeout: 60_000 },
  async () => {
    const place = new Place();
    await using _ = place;
    const port = await freePort();
    place.conf(`[inet_http_server]\nport=127.0.0.1:${port}\n${ACCOUNTS}`);
    await place.start();
    const stream = (who: string): string => get('/mainlogtail', [who]);
    const sockets = await Promise.all(
      Array.from({ length: 128 }, async () => {
        const socket = connect(port, '127.0.0.1');
        socket.write(stream(VIEWER));
        await once(socket, 'data');
        return socket;
      }),
    );
    try {
      const refused = await exchange(port, stream(VIEWER));
      expect(refused).toMatch(
        /^HTTP\/1\.1 503 Service Unavailable: 128 streams are open, the limit for accounts that may only look/,
      );
      const told = await ctlOver(port, '-u', 'eve', '-p', 'looks', 'maintail', '-f');
      expect(told.err).toContain('status code 503: 128 streams are open, the limit for accounts that may only look');
      expect(statusOf(await exchange(port, stream(ADMIN), { until: 'supervisord started' }))).toBe(200);
      expect(statusOf(await exchange(place.socket, get('/mainlogtail'), { until: 'supervisord started' }))).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  },
);

test('wrong passwords are logged, slowed down, and lock out nobody elsewhere', { timeout: 60_000 }, async () => {
  const place = new Place();
  await using _ = place;
  const port = await freePort();
  place.conf(`[inet_http_server]\nport=127.0.0.1:${port}\n${ACCOUNTS}`);
  await place.start();
  const proven = connect(port, '127.0.0.1');
  proven.write(get('/nothing', [ADMIN]).replace('Connection: close\r\n', ''));
  await once(proven, 'data');

  expect((await ctlOver(port, 'status')).out).toBe('Server requires authentication\n');
  expect(place.read('log')).not.toContain('wrong');
  expect((await ctlOver(port, '-u', 'ann', '-p', 'guess', 'status')).out).toBe('Server requires authentication\n');
  expect(place.read('log')).toContain(
    'WARN [inet_http_server] wrong username or password from 127.0.0.1, as user "ann"',
  );

  // One connection that guesses as fast as it can, as one did twelve thousand times a second.
  const guess = get('/nothing', [basic('ann:guess')]).replace('Connection: close\r\n', '');
  const answers = await exchange(port, guess.repeat(50), { timeoutMs: 3_000 });
  expect(answers.match(/HTTP\/1\.1 401/g)?.length).toBeLessThanOrEqual(10);
  expect(answers).toContain('HTTP/1.1 429 Too Many Requests: too many wrong passwords from here; try again in');
  // Right or wrong, from this address nothing is looked at for a while, but on the connection that was let in before.
  expect(statusOf(await exchange(port, get('/nothing', [ADMIN])))).toBe(429);
  proven.write(get('/nothing', [ADMIN]));
  const [answer] = (await once(proven, 'data')) as [Buffer];
  expect(statusOf(answer.toString())).toBe(404);
  expect((await place.ctl('pid')).code).toBe(0);
  expect(place.read('log').match(/wrong username or password/g)?.length).toBeLessThanOrEqual(5);
});

test('a name that the server does not have is refused with the option that gives it one, everywhere', async () => {
  const place = new Place();
  await using _ = place;
  const port = await freePort();
  place.conf(`[inet_http_server]\nport=127.0.0.1:${port}\n`);
  await place.start();
  const answer = await exchange(port, get('/nothing').replace('Host: localhost', 'Host: app:9001'));
  expect(answer).toMatch(
    /^HTTP\/1\.1 403 Forbidden: "app:9001" is no name of this server; add it to hosts= of \[inet_http_server\]/,
  );
  expect(place.read('log')).toContain(
    'WARN [inet_http_server] refused a request for http://app:9001: that is no name of this server; add hosts=app if it should be',
  );
});
