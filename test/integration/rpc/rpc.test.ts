import { existsSync } from 'node:fs';
import { RpcClient } from '../../../plugins/control/client/index.ts';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groupConfig, processConfig, type ProcessConfig, type Supervisor } from '../../../core/index.ts';
import { daemonService, type DaemonService } from '../../../plugins/host/daemon/index.ts';
import { method, RpcPlugin, type XmlRpcValue } from '../../../plugins/control/rpc/index.ts';
import { freePort } from '../../support/free-port.ts';
import {
  exchange,
  get,
  inetServer,
  post,
  statusOf,
  supervisorWith,
  temporaryDirectory,
  unixServer,
} from '../http/support.ts';
import { until } from '../../support/wait.ts';

type Program = Partial<ProcessConfig> & { name: string };

interface Daemon {
  readonly supervisor: Supervisor;
  readonly directory: string;
  readonly socket: string;
  readonly logged: readonly string[];
  readonly call: (method: string, ...params: XmlRpcValue[]) => Promise<XmlRpcValue>;
  readonly fault: (method: string, ...params: XmlRpcValue[]) => Promise<string>;
  readonly info: (name: string) => Promise<Record<string, XmlRpcValue>>;
}

/** A daemon that can do these things, and refuses the others. */
function provideDaemon(supervisor: Supervisor, abilities: Partial<DaemonService>): void {
  const refuse = () => Promise.reject(new Error('not in this test'));
  supervisor.provide(daemonService, {
    reread: refuse,
    plan: refuse,
    update: refuse,
    end: refuse,
    upgrade: refuse,
    ...abilities,
  });
}

/** A supervisor with its RPC interface on a unix socket and real children; programs do not start by themselves. */
async function daemon(
  groups: readonly { name?: string; processes: readonly Program[] }[] = [],
  prepare: (supervisor: Supervisor) => void = () => undefined,
): Promise<Daemon> {
  const directory = temporaryDirectory();
  const socket = join(directory, 's.sock');
  const { supervisor, logged } = supervisorWith([unixServer(socket)], {
    plugins: [new RpcPlugin()],
    config: {
      identifier: 'tests',
      groups: groups.map(({ processes, ...group }) =>
        groupConfig({
          ...group,
          processes: processes.map((program) =>
            processConfig({ command: 'sleep 1000', autostart: false, startsecs: 0, ...program }),
          ),
        }),
      ),
    },
  });
  prepare(supervisor);
  await supervisor.start();
  const client = new RpcClient({ serverurl: `unix://${socket}` });
  const call: Daemon['call'] = (name, ...params) => client.call(name, ...params);
  return {
    supervisor,
    directory,
    socket,
    logged,
    call,
    fault: (name, ...params) =>
      call(name, ...params).then(
        (value) => `no fault, but ${JSON.stringify(value)}`,
        (error: Error & { failure?: { code?: number } }) => `${error.failure?.code} ${error.message}`,
      ),
    info: async (name) => (await call('supervisor.getProcessInfo', name)) as Record<string, XmlRpcValue>,
  };
}

test('the daemon tells who it is', async () => {
  const { call, logged } = await daemon();
  expect(await call('supervisor.getAPIVersion')).toBe('3.0');
  expect(await call('supervisor.getVersion')).toBe('3.0');
  expect(await call('supervisor.getSupervisorVersion')).toBe('4.2.5');
  expect(await call('supervisor.getIdentification')).toBe('tests');
  expect(await call('supervisor.getPID')).toBe(process.pid);
  expect(await call('supervisor.getState')).toEqual({ statecode: 1, statename: 'RUNNING' });
  expect(logged.filter((line) => line.includes('initialized'))).toEqual([
    "INFO RPC interface 'supervisor' initialized",
    "INFO RPC interface 'tsv' initialized",
  ]);
});

test('a process is started, seen, signalled and stopped', async () => {
  const { call, info, fault } = await daemon([{ processes: [{ name: 'a' }] }]);
  expect(await info('a')).toMatchObject({ statename: 'STOPPED', pid: 0, start: 0, description: 'Not started' });
  expect(await call('supervisor.startProcess', 'a')).toBe(true);
  const running = await info('a');
  expect(running).toMatchObject({
    name: 'a',
    group: 'a',
    state: 20,
    statename: 'RUNNING',
    exitstatus: 0,
    spawnerr: '',
  });
  expect(running['description']).toMatch(/^pid \d+, uptime 0:00:0\d$/);
  expect(await fault('supervisor.startProcess', 'a')).toBe('60 ALREADY_STARTED: a');
  expect(await fault('supervisor.startProcess', 'a:a')).toBe('60 ALREADY_STARTED: a:a');
  expect(await call('supervisor.signalProcess', 'a', 'CONT')).toBe(true);
  expect(await call('supervisor.signalProcess', 'a', 18)).toBe(true);
  expect(await fault('supervisor.signalProcess', 'a', 'NOSUCH')).toBe('11 BAD_SIGNAL: NOSUCH');
  expect(await fault('supervisor.signalProcess', 'a', '999')).toBe('11 BAD_SIGNAL: 999');
  expect(await call('supervisor.stopProcess', 'a')).toBe(true);
  expect(await info('a')).toMatchObject({ statename: 'STOPPED', exitstatus: -1, pid: 0 });
  expect(await fault('supervisor.stopProcess', 'a')).toBe('70 NOT_RUNNING: a');
  expect(await fault('supervisor.signalProcess', 'a', 'HUP')).toBe('70 NOT_RUNNING: a');
  expect(await fault('supervisor.sendProcessStdin', 'a', 'x')).toBe('70 NOT_RUNNING: a');
});

test('unknown names are told as they were given', async () => {
  const { fault } = await daemon([{ processes: [{ name: 'a' }] }]);
  for (const bad of ['zip', 'a:zip', 'zip:a', 'zip:*', '', ':']) {
    expect(await fault('supervisor.startProcess', bad)).toBe(`10 BAD_NAME: ${bad}`);
    expect(await fault('supervisor.stopProcess', bad)).toBe(`10 BAD_NAME: ${bad}`);
    expect(await fault('supervisor.signalProcess', bad, 'HUP')).toBe(`10 BAD_NAME: ${bad}`);
    expect(await fault('supervisor.getProcessInfo', bad)).toBe(`10 BAD_NAME: ${bad}`);
    expect(await fault('supervisor.clearProcessLogs', bad)).toBe(`10 BAD_NAME: ${bad}`);
    expect(await fault('supervisor.tailProcessStdoutLog', bad, 0, 0)).toBe(`10 BAD_NAME: ${bad}`);
    expect(await fault('supervisor.sendProcessStdin', bad, 'x')).toBe(`10 BAD_NAME: ${bad}`);
  }
  for (const group of ['startProcessGroup', 'stopProcessGroup', 'removeProcessGroup', 'addProcessGroup']) {
    expect(await fault(`supervisor.${group}`, 'zip')).toBe('10 BAD_NAME: zip');
  }
  expect(await fault('supervisor.getProcessInfo', 'a:*')).toBe('10 BAD_NAME: a:*');
});

test('a start that cannot be is refused before anything changes', async () => {
  const { supervisor, fault } = await daemon([
    { processes: [{ name: 'missing', command: '/no/such/command' }] },
    { processes: [{ name: 'folder', command: '/tmp' }] },
  ]);
  expect(await fault('supervisor.startProcess', 'missing')).toBe("20 NO_FILE: can't find command '/no/such/command'");
  expect(await fault('supervisor.startProcess', 'folder')).toBe("21 NOT_EXECUTABLE: command at '/tmp' is a directory");
  expect(supervisor.processes.map(({ state }) => state)).toEqual(['STOPPED', 'STOPPED']);
});

test('a waiting start tells how it ended: SPAWN_ERROR for an early death, ABNORMAL_TERMINATION for a stop', async () => {
  const { call, fault, info } = await daemon([
    { processes: [{ name: 'dies', command: '/bin/false', startsecs: 5 }] },
    { processes: [{ name: 'slow', startsecs: 15 }] },
  ]);
  expect(await fault('supervisor.startProcess', 'dies')).toBe('50 SPAWN_ERROR: dies');
  expect(await call('supervisor.startProcess', 'dies', false)).toBe(true);
  const start = fault('supervisor.startProcess', 'slow');
  await until('it is STARTING', async () => (await info('slow'))['statename'] === 'STARTING');
  expect(await call('supervisor.stopProcess', 'slow')).toBe(true);
  expect(await start).toBe('40 ABNORMAL_TERMINATION: slow');
});

test('groups are told process by process, in the order in which they were done, faults among them', async () => {
  const trap = `python3 -c "import signal,time; signal.signal(15, lambda *_: (time.sleep(0.4), exit(0))); time.sleep(99)"`;
  const { call, info } = await daemon([
    {
      name: 'g',
      processes: [{ name: 'slow', command: trap, startsecs: 1 }, { name: 'fast' }, { name: 'none', command: '/no' }],
    },
  ]);
  const entry = (name: string, status = 80, description = 'OK') => ({ name, group: 'g', status, description });
  expect(await call('supervisor.startProcessGroup', 'g')).toEqual(
    [entry('fast'), entry('none', 20, "NO_FILE: can't find command '/no'"), entry('slow')].sort((a) =>
      a.name === 'slow' ? 1 : 0,
    ),
  );
  expect(await call('supervisor.startProcess', 'g:fast', false).catch((error: Error) => error.message)).toBe(
    'ALREADY_STARTED: g:fast',
  );
  expect(await call('supervisor.signalProcessGroup', 'g', 'CONT')).toEqual([entry('slow'), entry('fast')]);
  expect(await call('supervisor.signalAllProcesses', 'NOPE')).toEqual([
    entry('slow', 11, 'BAD_SIGNAL: NOPE'),
    entry('fast', 11, 'BAD_SIGNAL: NOPE'),
  ]);
  expect(await call('supervisor.stopProcess', 'g:*')).toEqual([entry('fast'), entry('slow')]);
  expect(await call('supervisor.stopProcessGroup', 'g')).toEqual([]);
  expect((await info('g:fast'))['statename']).toBe('STOPPED');
});

test('a call that waits holds up nobody', async () => {
  const { call, info } = await daemon([{ processes: [{ name: 'a', startsecs: 2 }] }]);
  const began = Date.now();
  const start = call('supervisor.startProcess', 'a');
  for (let round = 0; round < 5; round += 1) expect((await info('a'))['statename']).toBe('STARTING');
  expect(Date.now() - began).toBeLessThan(1_000);
  expect(await start).toBe(true);
});

test('multicall makes its calls in order, results and faults mixed, and does not nest', async () => {
  const { call } = await daemon([{ processes: [{ name: 'a' }] }]);
  const results = await call('system.multicall', [
    { methodName: 'supervisor.getPID', params: [] },
    { methodName: 'supervisor.getAPIVersion' },
    { methodName: 'supervisor.noSuch', params: [] },
    { methodName: 'supervisor.startProcess', params: ['a'] },
    { methodName: 'supervisor.stopProcess', params: ['a'] },
    { methodName: 'supervisor.stopProcess', params: ['a'] },
    { methodName: 'system.multicall', params: [[]] },
    { params: [] },
    { methodName: 'supervisor.getState', params: ['too many'] },
    'nonsense',
  ]);
  expect(results).toEqual([
    process.pid,
    '3.0',
    { faultCode: 1, faultString: 'UNKNOWN_METHOD' },
    true,
    true,
    { faultCode: 70, faultString: 'NOT_RUNNING: a' },
    { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: Recursive system.multicall forbidden' },
    { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: No methodName' },
    { faultCode: 2, faultString: 'INCORRECT_PARAMETERS' },
    { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: No methodName' },
  ]);
});

test('a name never reaches an object, and wrong parameters are a fault', async () => {
  const { fault } = await daemon([{ processes: [{ name: 'a' }] }]);
  for (const name of [
    'flat',
    'a.b.c',
    'supervisor.constructor',
    'constructor.constructor',
    'supervisor.__proto__',
    '__proto__.toString',
    'supervisor._update',
    'supervisor.getState ',
    ' supervisor.getState',
  ]) {
    expect(await fault(name)).toBe('1 UNKNOWN_METHOD');
  }
  expect(await fault('supervisor.getState', 'x')).toBe('2 INCORRECT_PARAMETERS');
  expect(await fault('supervisor.startProcess')).toBe('2 INCORRECT_PARAMETERS');
  expect(await fault('supervisor.startProcess', 1)).toBe('2 INCORRECT_PARAMETERS: name must be a string, not 1');
  expect(await fault('supervisor.sendProcessStdin', 'a', 42)).toBe('2 INCORRECT_PARAMETERS: 42');
});

test('once the end is accepted every supervisor method says SHUTDOWN_STATE, and the answer to shutdown arrives', async () => {
  let ended: string | undefined;
  const ready = join(temporaryDirectory(), 'ready');
  const slow = `trap 'sleep 1; exit 0' TERM; touch ${ready}; while :; do sleep 0.1; done`;
  const { call, fault, supervisor } = await daemon(
    [{ processes: [{ name: 'a', command: `sh -c "${slow}"` }] }],
    (prepared) => {
      provideDaemon(prepared, {
        async end(how, cause) {
          ended = `${how} by ${cause.by} ${cause.detail}`;
          void prepared.shutdown(cause);
        },
      });
    },
  );
  expect(await call('supervisor.startProcess', 'a')).toBe(true);
  await until('the shell to set its trap', () => existsSync(ready));
  expect(await call('supervisor.shutdown')).toBe(true);
  expect(ended).toBe('shutdown by client supervisor.shutdown');
  for (const name of ['getState', 'getAllProcessInfo', 'shutdown', 'restart', 'startProcess']) {
    expect(await fault(`supervisor.${name}`)).toBe('6 SHUTDOWN_STATE');
  }
  expect(await call('system.listMethods')).toContain('system.multicall');
  await until('the supervisor has stopped', () => supervisor.state === 'stopped');
  expect(await fault('supervisor.getState')).toMatch(/no such file|undefined/);
});

test('with nothing to stop, the answer to shutdown still arrives', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { call } = await daemon([], (prepared) => {
      provideDaemon(prepared, { end: async (_, cause) => void prepared.shutdown(cause) });
    });
    expect(await call('supervisor.shutdown')).toBe(true);
  }
});

test('a restart or re-read that the configuration does not allow is CANT_REREAD, and everything goes on', async () => {
  const { fault, call } = await daemon([], (supervisor) => {
    const refuse = () => Promise.reject(new Error('[program:x] has no command'));
    provideDaemon(supervisor, { reread: refuse, end: refuse, upgrade: refuse });
  });
  expect(await fault('supervisor.reloadConfig')).toBe('92 CANT_REREAD: [program:x] has no command');
  expect(await fault('supervisor.restart')).toBe('92 CANT_REREAD: [program:x] has no command');
  expect(await call('supervisor.getAPIVersion')).toBe('3.0');
});

test('a shutdown that fails is FAILED: it reads no configuration', async () => {
  const { fault } = await daemon([], (supervisor) => {
    provideDaemon(supervisor, { end: () => Promise.reject(new Error('not now')) });
  });
  expect(await fault('supervisor.shutdown')).toBe('30 FAILED: not now');
});

test('one call restarts several: all are down before one starts, and each name is answered for', async () => {
  const { call, info } = await daemon([
    { processes: [{ name: 'a' }] },
    { name: 'g', processes: [{ name: 'b' }, { name: 'missing', command: '/no/such/command' }] },
  ]);
  await call('supervisor.startProcess', 'a');
  const { pid } = await info('a');
  const ok = { status: 80, description: 'OK' };
  const missing = { status: 20, description: "NO_FILE: can't find command '/no/such/command'" };
  const unknown = { group: 'nope', name: '*', status: 10, description: 'BAD_NAME: nope:*' };
  expect(await call('tsv.restartProcesses', ['a', 'nope:*', 'g:*'])).toEqual({
    stopped: [{ group: 'a', name: 'a', ...ok }, unknown],
    started: [
      { group: 'a', name: 'a', ...ok },
      unknown,
      { group: 'g', name: 'b', ...ok },
      { group: 'g', name: 'missing', ...missing },
    ],
  });
  const again = await info('a');
  expect(again).toMatchObject({ statename: 'RUNNING', pid: expect.not.toSatisfy((now: number) => now === pid) });
  expect(await call('tsv.restartProcesses', ['b'])).toMatchObject({ started: [{ status: 10 }] });
  expect(await call('tsv.restartProcesses', ['*'], false)).toEqual({
    stopped: [
      { group: 'a', name: 'a', ...ok },
      { group: 'g', name: 'b', ...ok },
    ],
    started: [],
  });
});

test('reloadConfig tells what differs, addProcessGroup and removeProcessGroup carry it out', async () => {
  let config: Supervisor['config'] | undefined;
  const { supervisor, call, fault } = await daemon([{ processes: [{ name: 'del' }] }], (prepared) => {
    provideDaemon(prepared, { reread: () => prepared.reread(config ?? prepared.config) });
  });
  expect(await call('supervisor.reloadConfig')).toEqual([[[], [], []]]);
  config = {
    ...supervisor.config,
    groups: [groupConfig({ processes: [processConfig({ name: 'new', command: 'sleep 1000', startsecs: 0 })] })],
  };
  expect(await call('supervisor.reloadConfig')).toEqual([[['new'], [], ['del']]]);
  expect(await call('supervisor.getAllConfigInfo')).toMatchObject([{ name: 'new', inuse: false }]);
  expect(await call('supervisor.addProcessGroup', 'new')).toBe(true);
  expect(await fault('supervisor.addProcessGroup', 'new')).toBe('90 ALREADY_ADDED: new');
  expect(await fault('supervisor.removeProcessGroup', 'new')).toBe('91 STILL_RUNNING: new');
  expect(await call('supervisor.removeProcessGroup', 'del')).toBe(true);
  expect(await fault('supervisor.removeProcessGroup', 'del')).toBe('10 BAD_NAME: del');
});

test('without the plugin logging nothing has a log, and nothing breaks', async () => {
  const { call, fault } = await daemon([{ processes: [{ name: 'a' }] }]);
  await call('supervisor.startProcess', 'a');
  expect(await fault('supervisor.readLog', 0, 0)).toBe('20 NO_FILE');
  expect(await fault('supervisor.clearLog')).toBe('20 NO_FILE');
  expect(await fault('supervisor.readProcessStdoutLog', 'a', 0, 0)).toBe('20 NO_FILE');
  expect(await call('supervisor.tailProcessStdoutLog', 'a', 0, 100)).toEqual(['', 0, false]);
  expect(await call('supervisor.clearProcessLogs', 'a')).toBe(true);
  expect(await fault('supervisor.sendProcessStdin', 'a', 'x')).toBe('20 NO_FILE: a');
});

test('another plugin adds a namespace, which is introspected like the others', async () => {
  const { call, fault, logged } = await daemon([], (supervisor) => {
    RpcPlugin.getHooks(supervisor).methods.tap('test', (registry) => {
      registry.add(
        method({
          name: 'twiddler.double',
          result: { type: 'string', doc: 'it, twice' },
          doc: 'Doubles.',
          effect: 'reads',
          call: (_, { cause }) => `${cause.detail}${cause.detail}`,
        }),
        method({
          name: 'twiddler.breaks',
          result: { type: 'string', doc: 'nothing' },
          doc: 'Breaks.',
          effect: 'reads',
          call: () => {
            throw new Error('in pieces');
          },
        }),
      );
    });
  });
  expect(await call('twiddler.double')).toBe('twiddler.doubletwiddler.double');
  expect(await call('system.listMethods')).toContain('twiddler.double');
  expect(await call('system.methodSignature', 'twiddler.double')).toEqual(['string']);
  expect(await fault('twiddler.breaks')).toBe('30 FAILED: in pieces');
  expect(logged).toContain('ERRO RPC method twiddler.breaks failed: in pieces');
  expect(logged).toContain("INFO RPC interface 'twiddler' initialized");
});

test('sendRemoteCommEvent is an event', async () => {
  const { supervisor, call } = await daemon();
  const seen: unknown[] = [];
  supervisor.events.on('remote:communication', (event) => void seen.push(event));
  expect(await call('supervisor.sendRemoteCommEvent', 'greeting', 'grüß dich')).toBe(true);
  expect(seen).toEqual([{ type: 'greeting', data: 'grüß dich' }]);
});

test('what is no call is a 400, and other methods than POST are not for /RPC2', async () => {
  const { socket, logged, call } = await daemon();
  for (const body of ['this is not xml', '<?xml version="1.0"?><methodCall>', '<methodCall/>', '<a><b></a></b>', '']) {
    expect(statusOf(await exchange(socket, post('/RPC2', body)))).toBe(400);
  }
  expect(logged.filter((line) => line.startsWith('ERRO XML-RPC request is invalid: '))).toHaveLength(5);
  expect(statusOf(await exchange(socket, get('/RPC2')))).toBe(405);
  expect(statusOf(await exchange(socket, get('/RPC2').replace('GET', 'HEAD')))).toBe(405);
  expect(statusOf(await exchange(socket, 'POST /RPC2 HTTP/1.1\r\nConnection: close\r\n\r\n'))).toBe(411);
  const good = '<methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>';
  const answer = await exchange(socket, post('/RPC2', good));
  expect(answer).toContain('Content-Type: text/xml\r\n');
  expect(answer).toMatch(/Content-Length: \d+\r\n/);
  const old = `POST /RPC2 HTTP/1.0\r\nContent-Length: ${good.length}\r\n\r\n${good}`;
  expect(await exchange(socket, old)).toContain('<string>3.0</string>');
  expect(await call('supervisor.getAPIVersion')).toBe('3.0');
});

test('a page of another site can call nothing over TCP', async () => {
  const port = await freePort();
  const { supervisor } = supervisorWith([inetServer(port)], { plugins: [new RpcPlugin()] });
  await supervisor.start();
  const call = '<methodCall><methodName>supervisor.getState</methodName></methodCall>';
  expect(statusOf(await exchange(port, post('/RPC2', call)))).toBe(200);
  expect(statusOf(await exchange(port, post('/RPC2', call, ['Origin: http://evil.example'])))).toBe(403);
  expect(statusOf(await exchange(port, post('/RPC2', call).replace('localhost', 'evil.example')))).toBe(403);
});
