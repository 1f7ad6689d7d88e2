import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groupConfig, processConfig, Supervisor, supervisorConfig, type Process } from '../../../core/index.ts';
import { AutorestartPlugin } from '../../../plugins/policy/autorestart/index.ts';
import { FcgiPlugin, type FcgiSocket, type FcgiValues } from '../../../plugins/programs/fcgi/index.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { freePort } from '../../support/free-port.ts';
import { until as waitUntil } from '../../support/wait.ts';

/** Accepts on descriptor 0 and answers with its name and pid, or exits where it is asked to. */
const SERVER = `
import os, signal, socket, sys
signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))
listening = socket.socket(fileno=0)
while True:
    connection, _ = listening.accept()
    if connection.recv(1) == b'x':
        os._exit(7)
    connection.sendall(('%s %d' % (os.environ['SUPERVISOR_PROCESS_NAME'], os.getpid())).encode())
    connection.close()
`;
import { loggingOf } from '../../support/logging.ts';

const BY = { by: 'client' } as const;
let directory: string;
let supervisor: Supervisor | undefined;
let others: Server[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-fcgi-'));
  chmodSync(directory, 0o755);
  writeFileSync(path('server.py'), SERVER);
});

afterEach(async () => {
  await supervisor?.shutdown();
  await Promise.all(others.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(directory, { recursive: true, force: true });
});

function path(name: string): string {
  return join(directory, name);
}

function unixSocket(name = 'f.sock'): FcgiSocket {
  return { kind: 'unix', url: `unix://${path(name)}`, path: path(name) };
}

interface Given extends Partial<FcgiValues> {
  readonly numprocs?: number;
  readonly command?: string;
  readonly startsecs?: number;
  readonly startretries?: number;
}

async function run(socket: FcgiSocket, given: Given = {}): Promise<(name?: string) => Process> {
  const { numprocs = 1, startsecs = 0, startretries = 3, ...values } = given;
  const { command = `python3 -S ${path('server.py')}`, ...options } = values;
  const none = { kind: 'none' };
  supervisor = new Supervisor({
    config: supervisorConfig({
      groups: [
        groupConfig({
          name: 'f',
          kind: 'fcgi',
          options: { socket, ...options },
          processes: Array.from({ length: numprocs }, (_, n) =>
            processConfig({
              name: numprocs === 1 ? 'f' : `f${n}`,
              command,
              startsecs,
              options: { stdout_logfile: none, stderr_logfile: none, startretries },
            }),
          ),
        }),
      ],
    }),
    plugins: [
      new LoggingPlugin({ logfile: path('activity.log'), loglevel: 'debug' }),
      new AutorestartPlugin(),
      new FcgiPlugin(),
    ],
  });
  await supervisor.start();
  return (name = 'f') => {
    const process = supervisor?.groups.get('f')?.processes.get(name);
    if (process === undefined) throw new Error(`no process ${name}`);
    return process;
  };
}

/** Connects, says one letter, and resolves with the answer. */
function ask(socket: FcgiSocket, letter = '?'): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection =
      socket.kind === 'unix' ? connect(socket.path) : connect({ host: socket.host, port: socket.port });
    let answer = '';
    connection.on('data', (data: Buffer) => (answer += data.toString()));
    connection.on('error', reject);
    connection.on('close', () => resolve(answer));
    connection.write(letter);
  });
}

function activity(pattern: RegExp): number {
  const text = existsSync(path('activity.log')) ? readFileSync(path('activity.log'), 'utf8') : '';
  return text.match(pattern)?.length ?? 0;
}

/** The failure shows the daemon's log. */
const until = (what: string, holds: () => unknown): Promise<unknown> =>
  waitUntil(() => `${what}\n${readFileSync(path('activity.log'), 'utf8')}`, holds);

function listenElsewhere(where: string | { host: string; port: number }): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    others.push(server);
    server.listen(where, () => resolve(server));
  });
}

describe('a unix socket', () => {
  test('is shared by all processes of the group, and has the mode that was asked for', async () => {
    const socket = unixSocket();
    const process = await run(socket, { numprocs: 2, socket_mode: 0o762 });
    expect((statSync(path('f.sock')).mode & 0o7777).toString(8)).toBe('762');
    const inodes = ['f0', 'f1'].map((name) => readlinkSync(`/proc/${process(name).view.pid}/fd/0`));
    expect(new Set(inodes).size).toBe(1);
    const [name = '', pid] = (await ask(socket)).split(' ');
    expect(Number(pid)).toBe(process(name).view.pid);

    await process(name).stop(BY).done;
    const other = name === 'f0' ? 'f1' : 'f0';
    await expect(ask(socket)).resolves.toMatch(new RegExp(`^${other} `));
    await process(name).start(BY).done;
    await expect(ask(socket)).resolves.toMatch(/^f[01] /);
    expect(activity(/INFO Creating socket unix:\/\/\S+\/f\.sock$/gm)).toBe(1);
    expect(activity(/Closing socket/g)).toBe(0);
  });

  test('is for its owner alone where no mode is given', async () => {
    await run(unixSocket());
    expect((statSync(path('f.sock')).mode & 0o7777).toString(8)).toBe('700');
  });

  test.skipIf(process.getuid?.() !== 0)('is given to its owner', async () => {
    await run(unixSocket(), { socket_owner: { uid: 65534, gid: -1, user: 'nobody', group: undefined } });
    expect(statSync(path('f.sock'))).toMatchObject({ uid: 65534, gid: 0 });
  });

  test('leaves nothing behind when the last process has stopped, and is made again by a start', async () => {
    const socket = unixSocket();
    const process = await run(socket, { numprocs: 2 });
    await process('f0').stop(BY).done;
    expect(existsSync(path('f.sock'))).toBe(true);
    await process('f1').stop(BY).done;
    await until('it is closed', () => activity(/INFO Closing socket unix:\/\/\S+\/f\.sock$/gm) === 1);
    expect(existsSync(path('f.sock'))).toBe(false);
    await process('f1').start(BY).done;
    await expect(ask(socket)).resolves.toMatch(/^f1 /);
  });

  test('that nobody serves any more is replaced', async () => {
    const dead = await listenElsewhere(path('dead.sock'));
    linkSync(path('dead.sock'), path('f.sock')); // closing takes away the name that it knows
    await new Promise((resolve) => dead.close(resolve));
    expect(lstatSync(path('f.sock')).isSocket()).toBe(true);
    await run(unixSocket());
    await expect(ask(unixSocket())).resolves.toMatch(/^f /);
  });

  test('that another program serves is left alone: the process is FATAL, and says why', async () => {
    await listenElsewhere(path('f.sock'));
    const process = await run(unixSocket(), { startretries: 0 });
    expect(process().state).toBe('FATAL');
    expect(process().view.spawnerr).toContain(`unix://${path('f.sock')} is served by another program`);
    expect(lstatSync(path('f.sock')).isSocket()).toBe(true);
  });

  test('does not take the place of a file', async () => {
    writeFileSync(path('f.sock'), 'precious');
    const process = await run(unixSocket(), { startretries: 0 });
    expect(process().view.spawnerr).toContain('the file exists and is not a socket');
    expect(readFileSync(path('f.sock'), 'utf8')).toBe('precious');
  });

  test.each([
    { what: 'in a directory that does not exist', name: 'nowhere/f.sock', why: 'ENOENT' },
    { what: 'with a path that is too long', name: 'x'.repeat(120), why: 'longer than 107 bytes' },
  ])('$what fails with the reason', async ({ name, why }) => {
    const process = await run(unixSocket(name), { startretries: 0 });
    expect(process().state).toBe('FATAL');
    expect(process().view.spawnerr).toContain(why);
  });
});

describe('a TCP socket', () => {
  test('is served, closed with its process, and opened by the next start', async () => {
    const port = await freePort();
    const socket: FcgiSocket = { kind: 'tcp', url: `tcp://127.0.0.1:${port}`, host: '127.0.0.1', port };
    const process = await run(socket);
    await expect(ask(socket)).resolves.toBe(`f ${process().view.pid}`);
    await process().stop(BY).done;
    await until('it is closed', () => activity(/INFO Closing socket tcp:\/\/127\.0\.0\.1:\d+$/gm) === 1);
    await expect(ask(socket)).rejects.toThrow('ECONNREFUSED');
    await process().start(BY).done;
    await expect(ask(socket)).resolves.toBe(`f ${process().view.pid}`);
  });

  test('may name its address by a host name', async () => {
    const port = await freePort();
    const socket: FcgiSocket = { kind: 'tcp', url: `tcp://localhost:${port}`, host: 'localhost', port };
    await run(socket);
    await expect(ask({ ...socket, host: '127.0.0.1' })).resolves.toMatch(/^f /);
  });

  test('on a port that is taken, or on a host that does not exist, fails with the reason', async () => {
    const port = await freePort();
    await listenElsewhere({ host: '127.0.0.1', port });
    const taken = await run(
      { kind: 'tcp', url: `tcp://127.0.0.1:${port}`, host: '127.0.0.1', port },
      { startretries: 0 },
    );
    expect(taken().view.spawnerr).toContain(`cannot listen on tcp://127.0.0.1:${port}: bind: EADDRINUSE`);
    await supervisor?.shutdown();
    const host = 'no-such-host.invalid';
    const lost = await run({ kind: 'tcp', url: `tcp://${host}:${port}`, host, port }, { startretries: 0 });
    expect(lost().view.spawnerr).toContain(`cannot listen on tcp://${host}:${port}: no address for its host`);
  });
});

test('a crash does not close the socket: who waits is served by the successor', async () => {
  const socket = unixSocket();
  const process = await run(socket);
  const first = process().view.pid;
  const asked = [ask(socket, 'x').catch(() => ''), ask(socket), ask(socket)];
  const answers = await Promise.all(asked);
  await until('it was restarted', () => process().view.pid !== first && process().state === 'RUNNING');
  expect(answers.slice(1).every((answer) => answer.startsWith('f '))).toBe(true);
  expect(activity(/Creating socket/g)).toBe(1);
  expect(activity(/Closing socket/g)).toBe(0);
});

test('a program that gives up gives up its socket', async () => {
  const process = await run(unixSocket(), { command: '/bin/false', startsecs: 5, startretries: 0 });
  await until('it is FATAL', () => process().state === 'FATAL');
  await until('the socket is closed', () => activity(/Closing socket/g) === 1);
  expect(existsSync(path('f.sock'))).toBe(false);
});

test('descriptor 0 is no stdin: nothing can be sent to it', async () => {
  const process = await run(unixSocket());
  const logging = loggingOf(supervisor ?? new Supervisor());
  expect(logging.stdin(process().view, Buffer.from('x'))).toBe('closed');
});

test('no descriptor of the socket is left in the daemon after a stop', async () => {
  const sockets = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
      } catch {
        return false;
      }
    }).length;
  const before = sockets();
  const process = await run(unixSocket(), { numprocs: 1 });
  expect(sockets()).toBe(before + 1);
  await process().stop(BY).done;
  await until('it is closed', () => sockets() === before);
});
