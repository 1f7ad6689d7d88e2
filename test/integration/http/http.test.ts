import {
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { RouteHandler } from '../../../plugins/control/http/index.ts';
import { exchanger } from '../../support/exchanger.ts';
import { secondUsers } from '../../support/second-user.ts';
import { freePort } from '../../support/free-port.ts';
import {
  exchange,
  get,
  inetServer,
  open,
  post,
  statusOf,
  supervisorWith,
  temporaryDirectory,
  unixServer,
} from './support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

const hello: RouteHandler = {
  effect: 'reads',
  handle: ({ response }) => void response.writeHead(200, { 'Content-Length': 5 }).end('hello'),
};
const act: RouteHandler = { effect: 'changes', handle: ({ response }) => void response.end('acted') };
const echo: RouteHandler = {
  effect: 'changes',
  handle: async ({ readBody, response }) => void response.end(await readBody()),
};

function mode(file: string): string {
  return (statSync(file).mode & 0o777).toString(8);
}

test('a unix socket gets the mode that chmod gives, 0700 by default, and is gone after the shutdown', async () => {
  const directory = temporaryDirectory();
  const [a, b] = [join(directory, 'a.sock'), join(directory, 'b.sock')];
  const { supervisor, logged } = supervisorWith([unixServer(a), unixServer(b, { chmod: 0o766 })], {
    routes: { '/hello': hello },
  });
  await supervisor.start();
  expect([mode(a), mode(b)]).toEqual(['700', '766']);
  expect(readdirSync(directory)).toEqual(['a.sock', 'b.sock']);
  expect(logged).toContain("CRIT Server 'unix_http_server' running without any HTTP authentication checking");
  expect(await exchange(a, get('/hello'))).toContain('hello');
  expect(await exchange(b, get('/hello'))).toContain('hello');
  await supervisor.shutdown();
  expect(readdirSync(directory)).toEqual([]);
});

test('a unix socket is never open wider than chmod says, not even for a moment', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 's.sock');
  // Sees every socket anywhere below the directory that somebody else could reach, as often as it can look.
  const watcher = spawn('python3', ['-c', WATCHER, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  const seen: string[] = [];
  watcher.stdout.on('data', (chunk) => seen.push(String(chunk)));
  await until('the watcher looks', () => seen.length > 0);
  for (let round = 0; round < 20; round += 1) {
    const { supervisor } = supervisorWith([unixServer(file, { chmod: 0o600 })]);
    await supervisor.start();
    // On a busy machine the watcher may not have its turn while a socket is there; the first one waits for it.
    await until('the watcher saw a socket', () => seen.join('').includes('saw'));
    await supervisor.shutdown();
  }
  watcher.stdin.end();
  await new Promise((resolve) => watcher.once('close', resolve));
  const report = JSON.parse(seen.join('').trim().split('\n').at(-1) ?? '{}') as { modes: string[] };
  expect(report.modes).toEqual(['0o600']);
});

const WATCHER = `
import os, sys, stat, json, select
looks, modes = 0, set()
print('ready', flush=True)
while not (looks % 50 == 0 and select.select([sys.stdin], [], [], 0)[0]):
    looks += 1
    for name in os.listdir(sys.argv[1]):
        path = os.path.join(sys.argv[1], name)
        try:
            st = os.lstat(path)
            if stat.S_ISSOCK(st.st_mode):
                if not modes:
                    print('saw', flush=True)
                modes.add(oct(st.st_mode & 0o777))
            elif stat.S_ISDIR(st.st_mode) and st.st_mode & 0o077:
                modes.add('open directory')
        except FileNotFoundError:
            pass
print(json.dumps({'modes': sorted(modes)}), flush=True)
`;

test('a stale socket is replaced', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  spawnSync('python3', ['-c', `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(file)})`]);
  expect(existsSync(file)).toBe(true);
  const { supervisor, logged } = supervisorWith([unixServer(file)], { routes: { '/hello': hello } });
  await supervisor.start();
  expect(await exchange(file, get('/hello'))).toContain('hello');
  expect(logged).toContain(`INFO Unlinking stale socket ${file}`);
});

test('a request from before the end of the start waits, and is carried out only where the start succeeds', async () => {
  for (const isRefused of [true, false]) {
    const file = join(temporaryDirectory(), 's.sock');
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { supervisor } = supervisorWith([unixServer(file)], {
      routes: { '/hello': hello },
      plugins: [
        {
          name: 'slow',
          apply: ({ hooks }) =>
            hooks.start.tapPromise('slow', async () => {
              await gate;
              if (isRefused) throw new Error('no');
            }),
        },
      ],
    });
    const started = supervisor.start().then(
      () => 'started',
      () => 'refused',
    );
    await until('the socket', () => existsSync(file));
    const answer = exchange(file, get('/hello'));
    // The server is in this process: after some turns of the event loop it has read the request.
    for (let turns = 0; turns < 100; turns += 1) await new Promise((turn) => setImmediate(turn));
    open();
    expect(await started).toBe(isRefused ? 'refused' : 'started');
    expect(await answer).toMatch(isRefused ? /^HTTP\/1\.1 503 / : /^HTTP\/1\.1 200 [^]*hello/);
  }
});

test('a socket that a living daemon serves is refused, and goes on working', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const first = supervisorWith([unixServer(file)], { routes: { '/hello': hello } });
  await first.supervisor.start();
  const second = supervisorWith([unixServer(file)]);
  await expect(second.supervisor.start()).rejects.toThrow(
    'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
      'Shut this program down first before starting supervisord.',
  );
  expect(await exchange(file, get('/hello'))).toContain('hello');
  await first.supervisor.shutdown();
  expect(existsSync(file)).toBe(false);
});

test('a file or a link in the way of a socket is refused and left alone', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'precious');
  writeFileSync(file, 'data');
  await expect(supervisorWith([unixServer(file)]).supervisor.start()).rejects.toThrow('is not a socket');
  const link = join(directory, 'link');
  symlinkSync(file, link);
  await expect(supervisorWith([unixServer(link)]).supervisor.start()).rejects.toThrow('is not a socket');
  await expect(supervisorWith([unixServer('/dev/null')]).supervisor.start()).rejects.toThrow('is not a socket');
  expect(statSync(file).size).toBe(4);
  expect(readdirSync(directory)).toEqual(['link', 'precious']);
});

test('a socket in a folder that does not exist, or with too long a path, is refused with the reason', async () => {
  const directory = temporaryDirectory();
  const missing = supervisorWith([unixServer(join(directory, 'no/s.sock'))]);
  await expect(missing.supervisor.start()).rejects.toThrow(/cannot make the socket .*ENOENT/);
  const long = supervisorWith([unixServer(join(directory, 'x'.repeat(120)))]);
  await expect(long.supervisor.start()).rejects.toThrow('at most 107');
});

test('a socket path of up to 107 bytes works', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'x'.repeat(107 - directory.length - 1));
  const { supervisor } = supervisorWith([unixServer(file)], { routes: { '/hello': hello } });
  await supervisor.start();
  expect(await exchange(file, get('/hello'))).toContain('hello');
  await supervisor.shutdown();
  expect(readdirSync(directory)).toEqual([]);
});

test('chown gives the socket to its owner, and says who could not have it', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const isRoot = userInfo().uid === 0;
  const chown = { uid: 65534, gid: 65534, user: 'nobody', group: 'nogroup' };
  const { supervisor } = supervisorWith([unixServer(file, { chown, chmod: 0o770 })]);
  const outcome = await supervisor.start().then(
    () => [statSync(file).uid, statSync(file).gid, mode(file)],
    (error: Error) => error.message.replace(/:[^:]*$/, ''),
  );
  const refused = `plugin http failed in hook start: cannot give the socket ${file} to nobody:nogroup (chown)`;
  expect(outcome).toEqual(isRoot ? [65534, 65534, '770'] : refused);
});

test("somebody else's socket under the same name is not removed at the shutdown", async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const { supervisor } = supervisorWith([unixServer(file)]);
  await supervisor.start();
  spawnSync('python3', [
    '-c',
    `import os, socket; os.unlink(${JSON.stringify(file)}); socket.socket(socket.AF_UNIX).bind(${JSON.stringify(file)})`,
  ]);
  await supervisor.shutdown();
  expect(existsSync(file)).toBe(true);
});

test('a socket whose file is removed comes back, with its mode, and who is connected stays so', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const { supervisor, logged } = supervisorWith([unixServer(file, { chmod: 0o770 })], { routes: { '/hello': hello } });
  await supervisor.start();
  const idle = connect(file);
  let answers = '';
  idle.on('data', (bytes) => (answers += bytes.toString()));
  idle.write('GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await until('an answer', () => answers.includes('hello'));
  unlinkSync(file);
  await until('the socket', () => existsSync(file));
  expect(mode(file)).toBe('770');
  expect(await exchange(file, get('/hello'))).toContain('hello');
  answers = '';
  idle.write('GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await until('an answer on the old connection', () => answers.includes('hello'));
  idle.destroy();
  await until('the line', () => logged.includes(`WARN ${file} was removed; it is there again`));
  await supervisor.shutdown();
  expect(existsSync(file)).toBe(false);
});

test('a socket whose folder was removed comes back with a reopen, once the folder is there', async () => {
  const folder = join(temporaryDirectory(), 'run');
  mkdirSync(folder);
  const file = join(folder, 's.sock');
  const { supervisor, logged } = supervisorWith([unixServer(file)], { routes: { '/hello': hello } });
  await supervisor.start();
  rmSync(folder, { recursive: true });
  await until('the line', () => logged.some((line) => line.includes('was removed and cannot be made again')));
  mkdirSync(folder);
  supervisor.events.emit('log:reopened', {});
  await until('the socket', () => existsSync(file));
  expect(await exchange(file, get('/hello'))).toContain('hello');
});

const users = secondUsers();
test.skipIf(users === undefined)(
  'a user in whose folder the socket is gets nothing else of root, however fast they exchange it',
  async () => {
    const [user] = users ?? [];
    if (user === undefined) return;
    const theirs = temporaryDirectory();
    const secret = temporaryDirectory();
    const victim = join(secret, 's.sock');
    writeFileSync(victim, 'secret', { mode: 0o600 });
    const run = join(theirs, 'run');
    mkdirSync(run);
    for (const path of [theirs, run]) chownSync(path, user.uid, user.gid);
    symlinkSync(secret, join(theirs, 'trap'));
    lchownSync(join(theirs, 'trap'), user.uid, user.gid);
    const chown = { user: user.name, group: undefined, uid: user.uid, gid: user.gid };
    const outcomes: string[] = [];
    {
      await using _ = await exchanger(user, run, join(theirs, 'trap'));
      for (let round = 0; round < 300; round += 1) {
        const { supervisor } = supervisorWith([unixServer(join(run, 's.sock'), { chown, chmod: 0o666 })]);
        try {
          await supervisor.start();
          outcomes.push('opened');
        } catch (error) {
          outcomes.push(/ELOOP|ENOTDIR|already listening|ENOENT/.exec(String(error))?.[0] ?? String(error));
        }
        await supervisor.shutdown();
      }
    }
    expect(new Set(outcomes)).toContain('opened');
    expect(new Set(outcomes)).toContain('ELOOP');
    expect(outcomes.filter((outcome) => outcome.length > 20)).toEqual([]);
    expect(readdirSync(secret)).toEqual(['s.sock']);
    const { uid, mode: now } = statSync(victim);
    expect([uid, now & 0o777, readFileSync(victim, 'utf8')]).toEqual([0, 0o600, 'secret']);
  },
);

test('several servers, unix and TCP, are open at the same time', async () => {
  const directory = temporaryDirectory();
  const [a, b] = [await freePort(), join(directory, 's.sock')];
  const { supervisor } = supervisorWith([inetServer(a), unixServer(b)], { routes: { '/hello': hello } });
  await supervisor.start();
  expect(await exchange(a, get('/hello'))).toContain('hello');
  expect(await exchange(b, get('/hello'))).toContain('hello');
});

test('a port that is taken is refused, and what was open already is closed again', async () => {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  later(() => void other.close());
  const file = join(temporaryDirectory(), 's.sock');
  const { supervisor } = supervisorWith([unixServer(file), inetServer(port)]);
  await expect(supervisor.start()).rejects.toThrow('Another program is already listening on a port');
  expect(existsSync(file)).toBe(false);
});

test('a TCP server that others can reach needs a password, unless told otherwise', async () => {
  const port = await freePort();
  const refused = supervisorWith([inetServer(port, { host: '' })]);
  await expect(refused.supervisor.start()).rejects.toThrow(
    /inet_http_server would listen on \*:\d+ without a password/,
  );
  const warned = supervisorWith([inetServer(port, { host: '' })], { http: { openTcp: 'warn' } });
  await warned.supervisor.start();
  expect(warned.logged).toContain("CRIT Server 'inet_http_server' running without any HTTP authentication checking");
  await warned.supervisor.shutdown();
  const safe = supervisorWith([inetServer(port, { host: '', username: 'u', password: 'p' })]);
  await safe.supervisor.start();
  expect(safe.logged).toEqual([]);
});

test('a password is wanted for every path, known or not', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const { supervisor } = supervisorWith([unixServer(file, { username: 'ann', password: 'pä:ß wörd' })], {
    routes: { '/hello': hello },
  });
  await supervisor.start();
  const basic = (text: string) => [`Authorization: Basic ${Buffer.from(text).toString('base64')}`];
  for (const path of ['/', '/hello', '/RPC2', '/nothing']) {
    const answer = await exchange(file, get(path));
    expect(statusOf(answer)).toBe(401);
    expect(answer).toContain('WWW-Authenticate: Basic realm="default"\r\n');
  }
  expect(statusOf(await exchange(file, get('/hello', basic('ann:wrong'))))).toBe(401);
  expect(statusOf(await exchange(file, get('/hello', basic('ann:pä:ß wörd'))))).toBe(200);
  expect(statusOf(await exchange(file, get('/nothing', basic('ann:pä:ß wörd'))))).toBe(404);
});

test('a refused request with a body gets its answer, and the connection can be used again', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const { supervisor } = supervisorWith([unixServer(file, { username: 'a', password: 'b' })]);
  await supervisor.start();
  const body = 'x'.repeat(300_000);
  const request = post('/RPC2', body).replace('Connection: close\r\n', '');
  const answer = await exchange(file, request + get('/'));
  expect(answer.match(/HTTP\/1.1 401/g)).toHaveLength(2);
});

test('a foreign Host or Origin changes nothing over TCP; scripts without those headers work', async () => {
  const port = await freePort();
  const { supervisor } = supervisorWith([inetServer(port)], { routes: { '/hello': hello, '/act': act } });
  await supervisor.start();
  const status = async (request: string) => statusOf(await exchange(port, request));
  expect(await status('GET /act HTTP/1.0\r\n\r\n')).toBe(200);
  expect(
    await status('POST /act HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
  ).toBe(403);
  expect(await status(post('/act', '', ['Origin: http://evil.example']))).toBe(403);
  expect(await status(get('/act', ['Sec-Fetch-Site: cross-site']))).toBe(403);
  expect(await status(get('/act', ['Sec-Fetch-Site: same-origin']))).toBe(200);
  expect(await status(get('/hello', ['Sec-Fetch-Site: cross-site']))).toBe(200);
  expect(await status(post('/act', ''))).toBe(200);
});

test('a server without a password answers to the names that hosts gives, whatever their case', async () => {
  const port = await freePort();
  const { supervisor } = supervisorWith([inetServer(port, { hosts: ['control.example'] })], {
    routes: { '/hello': hello },
  });
  await supervisor.start();
  const as = async (host: string) => statusOf(await exchange(port, get('/hello').replace('localhost', host)));
  expect([await as('control.example'), await as('CONTROL.example:1'), await as('other.example')]).toEqual([
    200, 200, 403,
  ]);
});

test('what a handler throws is a 500 and a line in the log, and the daemon goes on', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const fails: RouteHandler = { effect: 'reads', handle: () => Promise.reject(new Error('oops')) };
  const half: RouteHandler = {
    effect: 'reads',
    handle: ({ response }) => {
      response.write('half');
      throw new Error('in the middle');
    },
  };
  const { supervisor, logged } = supervisorWith([unixServer(file)], {
    routes: { '/f': fails, '/h': half, '/hello': hello },
  });
  await supervisor.start();
  expect(statusOf(await exchange(file, get('/f')))).toBe(500);
  expect(await exchange(file, get('/h'))).not.toContain('\r\n0\r\n');
  expect(statusOf(await exchange(file, get('/hello')))).toBe(200);
  expect(logged.filter((line) => line.startsWith('ERRO HTTP request GET'))).toHaveLength(2);
});

test('a body beyond the limit is a 413, announced or chunked, and costs no memory', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const { supervisor } = supervisorWith([unixServer(file)], {
    http: { maxBodyBytes: 1000 },
    routes: { '/echo': echo },
  });
  await supervisor.start();
  expect(await exchange(file, post('/echo', 'x'.repeat(1000)))).toContain('x'.repeat(1000));
  expect(statusOf(await exchange(file, post('/echo', 'x'.repeat(1001))))).toBe(413);
  const chunked = 'POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
  const chunk = `1000\r\n${'y'.repeat(4096)}\r\n`;
  expect(statusOf(await exchange(file, `${chunked}${chunk.repeat(100)}0\r\n\r\n`))).toBe(413);
  expect(await exchange(file, `${chunked}3\r\nabc\r\n0\r\n\r\n`)).toContain('abc');
});

test('headers beyond 16 KiB, and what is no HTTP at all, are refused', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const { supervisor } = supervisorWith([unixServer(file)], { routes: { '/hello': hello } });
  await supervisor.start();
  expect(statusOf(await exchange(file, get('/hello', [`X: ${'y'.repeat(20_000)}`])))).toBe(431);
  expect(statusOf(await exchange(file, 'what is this\r\n\r\n'))).toBe(400);
  expect(statusOf(await exchange(file, get('/%zz')))).toBe(400);
  expect(statusOf(await exchange(file, get('/hello')))).toBe(200);
});

test('a connection is kept alive for many requests, in HTTP/1.0 only on demand', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const { supervisor } = supervisorWith([unixServer(file)], { routes: { '/hello': hello } });
  await supervisor.start();
  const many = 'GET /hello HTTP/1.1\r\n\r\n'.repeat(20) + get('/hello');
  expect((await exchange(file, many)).match(/200 OK/g)).toHaveLength(21);
  expect((await exchange(file, 'GET /hello HTTP/1.0\r\n\r\n')).match(/200 OK/g)).toHaveLength(1);
  const kept = 'GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /hello HTTP/1.0\r\n\r\n';
  expect((await exchange(file, kept)).match(/200 OK/g)).toHaveLength(2);
});

test('clients that hang keep nobody from being served, and do not hold up the shutdown', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  const forever: RouteHandler = { effect: 'reads', handle: ({ response }) => void response.write('never ending') };
  const { supervisor } = supervisorWith([unixServer(file)], {
    routes: { '/hello': hello, '/echo': echo, '/f': forever },
  });
  await supervisor.start();
  const idle = Array.from({ length: 20 }, () =>
    open(file)
      .on('error', () => undefined)
      .resume(),
  );
  for (const [index, socket] of idle.entries()) {
    if (index < 5) socket.write('POST /echo HTTP/1.1\r\nContent-Length: 1000\r\n\r\nhalf');
    else if (index < 10) socket.write('GET /f HTTP/1.1\r\n\r\n');
    else if (index < 15) socket.write('GET /hel');
  }
  await until('all are connected', async () => statusOf(await exchange(file, get('/hello'))) === 200);
  const began = Date.now();
  await supervisor.shutdown();
  expect(Date.now() - began).toBeLessThan(4_000);
  await until('all are cut off', () => idle.every((socket) => socket.closed || socket.destroyed));
});

test('an answer that is under way when the server closes still arrives', async () => {
  const file = join(temporaryDirectory(), 's.sock');
  let isAsked = false;
  let finish: (() => void) | undefined;
  const slow: RouteHandler = {
    effect: 'reads',
    handle: ({ response, closing }) => {
      isAsked = true;
      closing.addEventListener('abort', () => (finish = () => void response.end('made it')));
    },
  };
  const { supervisor } = supervisorWith([unixServer(file)], { routes: { '/slow': slow } });
  await supervisor.start();
  const answer = exchange(file, 'GET /slow HTTP/1.1\r\n\r\n');
  await until('the request', () => isAsked);
  const end = supervisor.shutdown();
  const answerNow = await until('the server to close', () => finish);
  answerNow?.();
  expect(await answer).toContain('made it');
  await end;
});
