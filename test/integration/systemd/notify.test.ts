import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

/** What systemd would be: a datagram socket that takes messages, each printed with the process that sent it. */
const RECEIVER = `
import json, os, socket, struct, sys
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind('\\0' + name[1:] if name.startswith('@') else name)
print(json.dumps({'pid': 0, 'lines': ['listening']}), flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(65536, 1024)
    pid = struct.unpack('iII', ancillary[0][2])[0]
    print(json.dumps({'pid': pid, 'lines': data.decode().split('\\n')}), flush=True)
`;
import { hasPython } from '../../support/python.ts';

interface Message {
  readonly pid: number;
  readonly lines: readonly string[];
}

const receivers: ChildProcess[] = [];
afterEach(() => {
  for (const receiver of receivers.splice(0)) receiver.kill('SIGKILL');
});

async function listen(name: string): Promise<Message[]> {
  const receiver = spawn('python3', ['-c', RECEIVER, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  receivers.push(receiver);
  const messages: Message[] = [];
  createInterface({ input: receiver.stdout }).on('line', (line) => messages.push(JSON.parse(line)));
  await until('the receiver', () => messages.shift());
  return messages;
}

const said = (messages: readonly Message[], assignment: string): Message | undefined =>
  messages.find(({ lines }) => lines.includes(assignment));
const names = (messages: readonly Message[]): string[] =>
  messages.map(({ lines }) => lines[0] ?? '').filter((line) => /^(READY|RELOADING|STOPPING)=/.test(line));

const PROGRAMS = `[program:web]
command=/bin/sh -c "env > %(here)s/env.web; exec sleep 1000"
startsecs=1
[program:broken]
command=/nonexistent
startretries=0
`;

describe.skipIf(!hasPython())('what systemd is told', () => {
  test('from the start over a restart in place to the stop', async () => {
    await using place = new Place();
    const socket = place.path('notify');
    const messages = await listen(socket);
    place.conf(PROGRAMS);
    const { child, ended } = await place.start(undefined, {
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: '1000000',
    });
    const ready = await until('READY=1', () => said(messages, 'READY=1'));
    expect(ready).toEqual({ pid: child.pid, lines: ['READY=1', 'STATUS=1 of 2 programs run, 1 FATAL'] });
    expect(place.read('env.web')).not.toMatch(/NOTIFY_SOCKET|WATCHDOG_/);
    await until('a watchdog that is fed', () => messages.filter(({ lines }) => lines[0] === 'WATCHDOG=1').length > 2);

    await place.ctl('stop', 'web');
    await until('the status', () => said(messages, 'STATUS=0 of 2 programs run, 1 FATAL'));

    const before = Number(process.hrtime.bigint() / 1000n);
    child.kill('SIGHUP');
    await until('the end of the restart', () => names(messages).filter((name) => name === 'READY=1').length === 2);
    const reloading = messages.find(({ lines }) => lines[0] === 'RELOADING=1');
    expect(Number(reloading?.lines[1]?.replace('MONOTONIC_USEC=', ''))).toBeGreaterThan(before);
    await until('the next supervisor', () => place.status('web', 'RUNNING'));

    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    await until('STOPPING=1', () => said(messages, 'STOPPING=1'));
    expect(names(messages)).toEqual(['READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1']);
    expect(new Set(messages.map(({ pid }) => pid))).toEqual(new Set([child.pid]));
  });

  test('through a socket in the abstract namespace, which containers and user units have', async () => {
    await using place = new Place();
    const name = `@tsv-test-${process.pid}-${place.folder.slice(-6)}`;
    const messages = await listen(name);
    place.conf('');
    const { child } = await place.start(undefined, { NOTIFY_SOCKET: name });
    const ready = await until('READY=1', () => said(messages, 'READY=1'));
    expect(ready?.pid).toBe(child.pid);
  });

  test('a daemon in the background names its process', async () => {
    await using place = new Place();
    const messages = await listen(place.path('notify'));
    place.conf('');
    const env = { ...process.env, NOTIFY_SOCKET: place.path('notify') };
    const tsvd = new URL('../../../dist/tsvd', import.meta.url).pathname;
    expect((await runCommand(tsvd, ['-c', 'supervisord.conf'], { cwd: place.folder, env })).code).toBe(0);
    const pid = Number(place.read('pid'));
    const ready = await until('READY=1', () => said(messages, 'READY=1'));
    expect(ready).toEqual({ pid, lines: ['READY=1', `MAINPID=${pid}`, 'STATUS=0 of 0 programs run'] });
    process.kill(pid, 'SIGTERM');
    await until('the end', () => said(messages, 'STOPPING=1'));
    await until('the pidfile to be gone', () => place.read('pid') === '');
  });

  test('a socket that nobody listens at is one line in the log', async () => {
    await using place = new Place();
    place.conf('');
    await place.start(undefined, { NOTIFY_SOCKET: place.path('nobody') });
    const log = await until('the line', () => /systemd cannot be notified.*/.exec(place.read('log'))?.[0]);
    expect(log).toContain(`NOTIFY_SOCKET=${place.path('nobody')}`);
    expect(log).toContain('ENOENT');
  });
});
