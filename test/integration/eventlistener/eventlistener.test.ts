import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  groupConfig,
  namespec,
  processConfig,
  Supervisor,
  supervisorConfig,
  type GroupConfig,
} from '../../../core/index.ts';
import { AutorestartPlugin } from '../../../plugins/policy/autorestart/index.ts';
import { EventListenerPlugin, listenerService, type EventName } from '../../../plugins/programs/eventlistener/index.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { until as waitUntil } from '../../support/wait.ts';

/**
 * A listener written to Supervisor's documentation, knowing nothing of this project. It notes every event as a line of JSON
 * and answers by its mode.
 */
const LISTENER = `
import json, os, sys, time
path, mode = sys.argv[1], sys.argv[2]
read, write = open(0, encoding='utf-8', newline='\\n', closefd=False), sys.stdout.buffer
def say(text):
    write.write(text); write.flush()
count = 0
while True:
    say(b'READY\\n')
    line = read.readline()
    if not line:
        sys.exit(0)
    head = dict(part.split(':', 1) for part in line.split())
    body = read.read(int(head['len']))
    count += 1
    note = {'type': head['eventname'], 'body': body, 'serial': int(head['serial']),
            'poolserial': int(head['poolserial']), 'server': head['server'], 'pool': head['pool'],
            'me': os.environ['SUPERVISOR_PROCESS_NAME'], 'pid': os.getpid()}
    with open(path, 'a') as f:
        f.write(json.dumps(note) + '\\n')
    if mode == 'hold':
        while not os.path.exists(path + '.go'):
            time.sleep(0.01)
    if mode == 'fail-first' and count % 2 == 1:
        say(b'RESULT 4\\nFAIL')
        continue
    if mode == 'die-first' and not os.path.exists(path + '.died'):
        open(path + '.died', 'w').close()
        os._exit(3)
    if mode == 'garbage':
        say(b'HELLO THERE\\n')
        time.sleep(3600)
    say(b'RES'); say(b'ULT 2\\nO'); say(b'K')
    if mode == 'once':
        sys.exit(0)
`;

/** The same by the library that Debian's package of Supervisor brings. */
const CHILDUTILS_LISTENER = `
import json, sys
from supervisor import childutils
while True:
    headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
    with open(sys.argv[1], 'a') as f:
        f.write(json.dumps({'type': headers['eventname'], 'body': payload}) + '\\n')
    childutils.listener.ok(sys.stdout)
`;
import { hasPython, pythonWith } from '../../support/python.ts';

interface Note {
  readonly type: string;
  readonly body: string;
  readonly serial: number;
  readonly poolserial: number;
  readonly server: string;
  readonly pool: string;
  readonly me: string;
  readonly pid: number;
}

let directory: string;
let supervisor: Supervisor | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-listener-'));
  writeFileSync(path('listener.py'), LISTENER);
});

afterEach(async () => {
  writeFileSync(path('events.go'), '');
  await supervisor?.shutdown();
  rmSync(directory, { recursive: true, force: true });
});

function path(name: string): string {
  return join(directory, name);
}

function listener(
  events: readonly EventName[],
  mode = 'ok',
  { numprocs = 1, buffer_size = 10, startsecs = 0 } = {},
): GroupConfig {
  return pool(events, `python3 -S ${path('listener.py')} ${path('events')} ${mode}`, {
    numprocs,
    buffer_size,
    startsecs,
  });
}

function pool(
  events: readonly EventName[],
  command: string,
  { numprocs = 1, buffer_size = 10, startsecs = 0 } = {},
): GroupConfig {
  return groupConfig({
    name: 'lis',
    kind: 'eventlistener',
    priority: -1,
    options: { events, buffer_size },
    processes: Array.from({ length: numprocs }, (_, n) =>
      processConfig({
        name: numprocs === 1 ? 'lis' : `l${n}`,
        program: 'lis',
        command,
        startsecs,
        options: quiet('lis.err'),
      }),
    ),
  });
}

/** Logs nothing, but what a listener that fails has to say. */
function quiet(errors?: string): Record<string, unknown> {
  return {
    stdout_logfile: { kind: 'none' },
    stderr_logfile: errors === undefined ? { kind: 'none' } : { kind: 'file', path: path(errors) },
  };
}

function program(name: string, script: string, options: Readonly<Record<string, unknown>> = {}): GroupConfig {
  const command = `/bin/sh -c '${script}'`;
  return groupConfig({
    processes: [processConfig({ name, command, startsecs: 0, autostart: false, options: { ...quiet(), ...options } })],
  });
}

async function run(...groups: readonly GroupConfig[]): Promise<Supervisor> {
  supervisor = new Supervisor({
    config: supervisorConfig({ identifier: 'my-id', groups }),
    plugins: [
      new LoggingPlugin({ logfile: path('activity.log'), loglevel: 'debug' }),
      new AutorestartPlugin(),
      new EventListenerPlugin({ exact: true }),
    ],
  });
  await supervisor.start();
  await until('the listeners run', () =>
    supervisor?.groups.get('lis')?.inStartOrder.every(({ state }) => state === 'RUNNING'),
  );
  return supervisor;
}

function notes(): Note[] {
  if (!existsSync(path('events'))) return [];
  const lines = readFileSync(path('events'), 'utf8').split('\n').slice(0, -1);
  return lines.map((line): Note => JSON.parse(line) as Note);
}

function activity(): string {
  return existsSync(path('activity.log')) ? readFileSync(path('activity.log'), 'utf8') : '';
}

async function noted(count: number): Promise<Note[]> {
  await until(`${count} events`, () => notes().length >= count);
  return notes();
}

/** The failure shows what the listeners noted, what they printed and the daemon's log. */
const until = (what: string, holds: () => unknown): Promise<unknown> =>
  waitUntil(() => {
    const errors = existsSync(path('lis.err')) ? readFileSync(path('lis.err'), 'utf8') : '';
    return `${what}; events: ${JSON.stringify(notes())}\n${activity()}\n${errors}`;
  }, holds);

function remote(data: string): void {
  supervisor?.events.emit('remote:communication', { type: 'n', data });
}

const BY = { by: 'client' } as const;

test('a listener is told what becomes of a program, with the header and the payloads that it expects', async () => {
  const { find } = await runBound(listener(['PROCESS_STATE']), program('p', 'exit 3', { autorestart: false }));
  await find('p').start(BY).done;
  const events = await noted(5);
  const [about] = events.filter(({ type }) => type === 'PROCESS_STATE_EXITED');
  expect(events.map(({ type, body }) => [type, body.replace(/pid:\d+/, 'pid:N')])).toEqual([
    ['PROCESS_STATE_STARTING', 'processname:lis groupname:lis from_state:STOPPED tries:0'],
    ['PROCESS_STATE_RUNNING', 'processname:lis groupname:lis from_state:STARTING pid:N'],
    ['PROCESS_STATE_STARTING', 'processname:p groupname:p from_state:STOPPED tries:0'],
    ['PROCESS_STATE_RUNNING', 'processname:p groupname:p from_state:STARTING pid:N'],
    ['PROCESS_STATE_EXITED', 'processname:p groupname:p from_state:RUNNING expected:0 pid:N'],
  ]);
  expect(about).toMatchObject({ server: 'my-id', pool: 'lis', serial: 4, poolserial: 4 });
});

/** A running supervisor whose processes can be had by name. */
async function runBound(...groups: readonly GroupConfig[]) {
  const running = await run(...groups);
  return {
    supervisor: running,
    listeners: running.use(listenerService),
    find: (name: string) => {
      const process = running.processes.find((candidate) => namespec(candidate) === name);
      if (process === undefined) throw new Error(`no process ${name}`);
      return process;
    },
  };
}

test('a listener that has to stay up for startsecs is told nothing before', async () => {
  await run(listener(['SUPERVISOR_STATE_CHANGE'], 'ok', { startsecs: 1 }));
  const running = /success: lis entered RUNNING state/;
  const sent = /event 0 sent to listener lis/;
  await noted(1);
  expect(activity()).toMatch(sent);
  expect(activity().search(running)).toBeLessThan(activity().search(sent));
});

test('text of any language arrives whole', async () => {
  await run(listener(['REMOTE_COMMUNICATION']));
  remote('grün, 日本語, 😀');
  remote('x'.repeat(200_000));
  const events = await noted(2);
  expect(events.map(({ body }) => body)).toEqual(['type:n\ngrün, 日本語, 😀', `type:n\n${'x'.repeat(200_000)}`]);
});

test('an event that is rejected comes again, with the same serials, before later ones', async () => {
  await run(listener(['REMOTE_COMMUNICATION'], 'fail-first'));
  remote('a');
  remote('b');
  const events = await noted(4);
  expect(events.map(({ poolserial, body }) => [poolserial, body])).toEqual([
    [0, 'type:n\na'],
    [0, 'type:n\na'],
    [1, 'type:n\nb'],
    [1, 'type:n\nb'],
  ]);
  expect(activity().match(/WARN lis: event was rejected$/gm)).toHaveLength(2);
});

test('an event whose listener dies over it is told to its successor', async () => {
  await run(listener(['REMOTE_COMMUNICATION'], 'die-first'));
  remote('a');
  const events = await noted(2);
  expect(events[0]).toMatchObject({ serial: 0, poolserial: 0, body: 'type:n\na' });
  expect(events[1]).toMatchObject({ serial: 0, poolserial: 0, body: 'type:n\na' });
  expect(events[1]?.pid).not.toBe(events[0]?.pid);
});

test('a listener that exits after every event loses none, and hears none twice', async () => {
  const once = listener(['REMOTE_COMMUNICATION'], 'once', { buffer_size: 100 });
  const processes = once.processes.map((process) =>
    processConfig({ ...process, options: { ...process.options, autorestart: true } }),
  );
  await run({ ...once, processes });
  for (const data of ['0', '1', '2']) remote(data);
  const events = await noted(3);
  expect(events.map(({ poolserial, body }) => [poolserial, body])).toEqual([
    [0, 'type:n\n0'],
    [1, 'type:n\n1'],
    [2, 'type:n\n2'],
  ]);
});

test('the buffer of a busy listener keeps the newest events, and every loss is told', async () => {
  const { supervisor, listeners } = await runBound(listener(['REMOTE_COMMUNICATION'], 'hold', { buffer_size: 3 }));
  const lost: number[] = [];
  supervisor.events.on('listener:dropped', ({ serial, dropped }) => lost.push(serial, dropped));
  remote('0');
  await noted(1);
  for (let n = 1; n < 7; n += 1) remote(String(n));
  expect(lost).toEqual([1, 1, 2, 2, 3, 3]);
  expect(listeners?.poolState('lis')).toEqual({ buffered: 3, bufferSize: 3, dropped: 3 });
  writeFileSync(path('events.go'), '');
  const events = await noted(4);
  expect(events.map(({ body }) => body)).toEqual(['type:n\n0', 'type:n\n4', 'type:n\n5', 'type:n\n6']);
  expect(activity().match(/ERRO pool lis event buffer overflowed, discarding event [123]$/gm)).toHaveLength(3);
});

test('a listener that breaks the protocol goes deaf, and anybody can ask why', async () => {
  const { supervisor, listeners, find } = await runBound(listener(['REMOTE_COMMUNICATION'], 'garbage'));
  const violations: string[] = [];
  supervisor.events.on('listener:violated', ({ reason }) => violations.push(reason));
  remote('1');
  await until('it is found out', () => violations.length > 0);
  const why = "bad result line: 'HELLO THERE'";
  expect(violations).toEqual([why]);
  expect(listeners?.listenerState(find('lis').view)).toEqual({ state: 'UNKNOWN', why });
  expect(activity()).toMatch(
    /WARN lis: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process violated the eventlistener protocol$/m,
  );
  remote('2');
  expect(find('lis').state).toBe('RUNNING');
  expect(listeners?.poolState('lis')).toMatchObject({ buffered: 2, dropped: 0 });
});

test('the processes of a pool share its events', async () => {
  await run(listener(['REMOTE_COMMUNICATION'], 'hold', { numprocs: 3, buffer_size: 50 }));
  for (let n = 0; n < 12; n += 1) remote(String(n));
  await noted(3);
  expect(new Set(notes().map(({ me }) => me))).toEqual(new Set(['l0', 'l1', 'l2']));
  writeFileSync(path('events.go'), '');
  const events = await noted(12);
  const numbers = events.map(({ body }) => Number(body.split('\n')[1]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n));
});

test('a listener is told that the supervisor runs, and, while others are being stopped, that it stops', async () => {
  const { supervisor, find } = await runBound(
    listener(['SUPERVISOR_STATE_CHANGE']),
    program(
      'slow',
      `trap "until [ -e ${path('go')} ]; do sleep 0.02; done; exit 0" TERM; echo up > ${path('up')}; while :; do sleep 0.05; done`,
    ),
  );
  await find('slow').start(BY).done;
  await until('slow is up', () => existsSync(path('up')));
  await noted(1);
  const down = supervisor.shutdown();
  await noted(2);
  writeFileSync(path('go'), '');
  await down;
  expect(notes().map(({ type, body }) => [type, body])).toEqual([
    ['SUPERVISOR_STATE_CHANGE_RUNNING', ''],
    ['SUPERVISOR_STATE_CHANGE_STOPPING', ''],
  ]);
});

describe('what programs write', () => {
  test('is told as PROCESS_LOG where its events are enabled', async () => {
    const script = 'echo to stdout; echo to stderr >&2; exec sleep 1000';
    const events = { stdout_events_enabled: true, stderr_events_enabled: true };
    const { find } = await runBound(
      listener(['PROCESS_LOG']),
      program('p', script, events),
      program('silent', 'echo nothing'),
    );
    await find('silent').start(BY).done;
    await find('p').start(BY).done;
    const told = await noted(2);
    const head = `processname:p groupname:p pid:${find('p').view.pid} channel:`;
    // Two pipes: which of them is read first is up to the kernel.
    expect(new Set(told.map(({ type, body }) => `${type} ${body}`))).toEqual(
      new Set([`PROCESS_LOG_STDERR ${head}stderr\nto stderr\n`, `PROCESS_LOG_STDOUT ${head}stdout\nto stdout\n`]),
    );
  });

  test('is told as PROCESS_COMMUNICATION between the tags of a capture', async () => {
    const script = 'printf "a<!--XSUPERVISOR:BEGIN-->captured\\ntext<!--XSUPERVISOR:END-->b"; exec sleep 1000';
    const { find } = await runBound(
      listener(['PROCESS_COMMUNICATION']),
      program('c', script, { stdout_capture_maxbytes: 1_000 }),
    );
    await find('c').start(BY).done;
    const [told] = await noted(1);
    expect([told?.type, told?.body]).toEqual([
      'PROCESS_COMMUNICATION_STDOUT',
      `processname:c groupname:c pid:${find('c').view.pid}\ncaptured\ntext`,
    ]);
  });
});

test('a plugin can judge results in the place of the default handler', async () => {
  const { supervisor } = await runBound(listener(['REMOTE_COMMUNICATION']));
  let refusals = 0;
  EventListenerPlugin.getHooks(supervisor).result.tap('strict', ({ process, payload, result }) => {
    expect([process, payload, Buffer.from(result).toString()]).toEqual(['lis', 'type:n\na', 'OK']);
    refusals += 1;
    return refusals < 3 ? 'reject' : 'accept';
  });
  remote('a');
  const events = await noted(3);
  expect(events.map(({ poolserial }) => poolserial)).toEqual([0, 0, 0]);
});

test.skipIf(!hasPython('supervisor.childutils'))(
  'a listener on top of supervisor.childutils works unchanged',
  async () => {
    const python = pythonWith('supervisor.childutils');
    writeFileSync(path('childutils.py'), CHILDUTILS_LISTENER);
    const { find } = await runBound(
      pool(['PROCESS_STATE_RUNNING', 'TICK_5'], `${python} ${path('childutils.py')} ${path('events')}`),
      program('p', 'exec sleep 1000'),
    );
    await find('p').start(BY).done;
    await until('p is told', () => notes().some(({ body }) => body.startsWith('processname:p ')));
    await until('a tick is told', () => notes().some(({ type }) => type === 'TICK_5'));
    const tick = notes().find(({ type }) => type === 'TICK_5');
    expect(Number(tick?.body.slice('when:'.length)) % 5).toBe(0);
  },
);

test('the listener that the documentation shows does what it says', async () => {
  const page = readFileSync(new URL('../../../docs/plugins/eventlistener.md', import.meta.url), 'utf8');
  writeFileSync(path('crashes.py'), /^```python\n([^]*?)^```/m.exec(page)?.[1] ?? '');
  const { find } = await runBound(
    pool(['PROCESS_STATE_EXITED'], `python3 -S ${path('crashes.py')}`),
    program('good', 'exit 0', { autorestart: false }),
    program('bad', 'exit 1', { autorestart: false }),
  );
  await find('good').start(BY).done;
  await find('bad').start(BY).done;
  const said = () => (existsSync(path('lis.err')) ? readFileSync(path('lis.err'), 'utf8') : '');
  await until('it has said something', () => said().endsWith('\n'));
  expect(said()).toMatch(/^bad:bad crashed, pid \d+\n$/);
});
