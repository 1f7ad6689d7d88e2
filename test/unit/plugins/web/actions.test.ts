import { describe, expect, test } from 'vitest';
import { FAULTS, RpcFault, type FaultName, type XmlRpcValue } from '../../../../plugins/rpc/index.ts';
import { OVERALL_ACTIONS, PROCESS_ACTIONS, type Call } from '../../../../plugins/web/actions.ts';

/** Methods that answer, or fail, as told; and what was called. */
function calls(
  faults: Partial<Record<string, FaultName>> = {},
  results: Record<string, XmlRpcValue> = {},
): { call: Call; made: string[] } {
  const made: string[] = [];
  const call: Call = async (method, ...params) => {
    const short = method.replace('supervisor.', '');
    made.push([short, ...params.map(String)].join(' '));
    const fault = faults[short];
    if (fault !== undefined) throw new RpcFault(fault, 'web');
    return results[short] ?? true;
  };
  return { call, made };
}

const at = (): number => new Date(2025, 10, 2, 4, 5, 6).getTime();

describe('the messages are those of Supervisor', () => {
  const cases: readonly [keyof typeof PROCESS_ACTIONS, Partial<Record<string, FaultName>>, string][] = [
    ['start', {}, 'Process web started'],
    ['start', { startProcess: 'NO_FILE' }, 'ERROR: Process web: no such file'],
    ['start', { startProcess: 'NOT_EXECUTABLE' }, 'ERROR: Process web: file not executable'],
    ['start', { startProcess: 'ALREADY_STARTED' }, 'ERROR: Process web: already started'],
    ['start', { startProcess: 'SPAWN_ERROR' }, 'ERROR: Process web: spawn error'],
    ['start', { startProcess: 'ABNORMAL_TERMINATION' }, 'ERROR: Process web: abnormal termination'],
    ['start', { startProcess: 'FAILED' }, 'ERROR: Process web: unexpected rpc fault [30] FAILED: web'],
    ['stop', {}, 'Process web stopped'],
    ['stop', { stopProcess: 'NOT_RUNNING' }, 'unexpected rpc fault [70] NOT_RUNNING: web'],
    ['restart', {}, 'Process web restarted'],
    ['restart', { stopProcess: 'NOT_RUNNING' }, 'Process web restarted'],
    ['clearlog', {}, 'Log for web cleared'],
    ['clearlog', { clearProcessLogs: 'FAILED' }, 'unexpected rpc fault [30] FAILED: web'],
  ];
  for (const [action, faults, message] of cases) {
    test(`${action} ${JSON.stringify(faults)}`, async () => {
      expect(await PROCESS_ACTIONS[action](calls(faults).call, 'web')).toBe(message);
    });
  }

  test('for all', async () => {
    const { call, made } = calls();
    expect(await OVERALL_ACTIONS.refresh(call, at)).toBe('Page refreshed at Sun Nov  2 04:05:06 2025');
    expect(made).toEqual([]);
    expect(await OVERALL_ACTIONS.stopall(call, at)).toBe('All stopped at Sun Nov  2 04:05:06 2025');
    expect(await OVERALL_ACTIONS.startall(call, at)).toBe('All started at Sun Nov  2 04:05:06 2025');
    expect(await OVERALL_ACTIONS.restartall(call, at)).toBe('All restarted at Sun Nov  2 04:05:06 2025');
    expect(made).toEqual(['stopAllProcesses', 'startAllProcesses', 'stopAllProcesses', 'startAllProcesses']);
  });
});

test('a restart whose start fails does not claim success, as it does with Supervisor', async () => {
  const { call, made } = calls({ startProcess: 'SPAWN_ERROR' });
  expect(await PROCESS_ACTIONS.restart(call, 'web')).toBe('ERROR: Process web: spawn error');
  expect(made).toEqual(['stopProcess web', 'startProcess web']);
});

test('a restart whose stop fails does not go on to start', async () => {
  const { call, made } = calls({ stopProcess: 'FAILED' });
  expect(await PROCESS_ACTIONS.restart(call, 'web')).toBe('unexpected rpc fault [30] FAILED: web');
  expect(made).toEqual(['stopProcess web']);
});

test('what failed of many is named, the first five of it', async () => {
  const result = (index: number, status: number): XmlRpcValue => ({
    name: `p${index}`,
    group: 'g',
    status,
    description: `SPAWN_ERROR: p${index}`,
  });
  const some = [result(0, FAULTS.SUCCESS), result(1, FAULTS.SPAWN_ERROR)];
  expect(await OVERALL_ACTIONS.restartall(calls({}, { startAllProcesses: some }).call, at)).toBe(
    'All restarted at Sun Nov  2 04:05:06 2025, except for 1: SPAWN_ERROR: p1',
  );
  const many = Array.from({ length: 9 }, (_, index) => result(index, FAULTS.SPAWN_ERROR));
  expect(await OVERALL_ACTIONS.startall(calls({}, { startAllProcesses: many }).call, at)).toMatch(
    /, except for 9: SPAWN_ERROR: p0; .*; SPAWN_ERROR: p4; …$/,
  );
});

test('what is no fault is not made a message', async () => {
  const broken: Call = () => Promise.reject(new Error('a bug'));
  await expect(PROCESS_ACTIONS.start(broken, 'web')).rejects.toThrow('a bug');
});
