import type { Supervisor } from '../../../../core/index.ts';
import type { Operations } from '../../index.ts';
import { loggingService } from '../../../output/logging/index.ts';
import { RpcFault } from '../faults.ts';
import { clearLog, readLog, reopenLog, tailLog } from '../log-access.ts';
import { lookUpProcess, statusesOf, throwFault } from '../control-faults.ts';
import { int, text } from '../parameters.ts';
import { alias, method, type Method } from '../registry.ts';

type Channel = 'stdout' | 'stderr';

const NAME = text('name', 'name of a process, or group:name');
const READ = [
  int('offset', 'where to begin; below 0: that many bytes before the end, with a length of 0'),
  int('length', 'how many bytes; 0 for all that follow'),
] as const;
const BASE64 = { type: 'string', doc: 'that part of the log, in base64' } as const;
const TAIL = [int('offset', 'what the caller has read so far'), int('length', 'how many bytes at most')] as const;

/** Logs of the daemon and of the processes: reading and clearing. */
export function logMethods(supervisor: Supervisor, operations: Operations): Method[] {
  return [...mainLogMethods(supervisor), ...processLogMethods(supervisor, operations)];
}

function mainLogMethods(supervisor: Supervisor): Method[] {
  const activityLog = () => supervisor.use(loggingService)?.activityLog();
  const readMain = method({
    name: 'supervisor.readLog',
    params: READ,
    result: { type: 'string', doc: 'that part of the log' },
    faults: ['NO_FILE', 'BAD_ARGUMENTS', 'FAILED'],
    doc: "Reads the daemon's own log.",
    effect: 'reads',
    // Bytes that are not UTF-8, and control characters that XML cannot carry, become replacement characters.
    call: ([offset, length]) => readLog(activityLog(), offset, length).toString(),
  });
  const readMainBytes = method({
    name: 'tsv.readLog',
    params: READ,
    result: BASE64,
    faults: ['NO_FILE', 'BAD_ARGUMENTS', 'FAILED'],
    doc: "Reads the daemon's own log, byte for byte.",
    effect: 'reads',
    call: ([offset, length]) => readLog(activityLog(), offset, length).toString('base64'),
  });
  const clearMain = method({
    name: 'supervisor.clearLog',
    result: { type: 'boolean', doc: 'always true' },
    faults: ['NO_FILE', 'FAILED'],
    doc: "Empties the daemon's own log.",
    effect: 'changes',
    call: () => {
      clearLog(activityLog());
      return true;
    },
  });
  return [readMain, alias('supervisor.readMainLog', readMain), readMainBytes, clearMain];
}

function processLogMethods(supervisor: Supervisor, operations: Operations): Method[] {
  const logOf = (name: string, channel: Channel) => {
    const { view } = lookUpProcess(supervisor, name);
    return supervisor.use(loggingService)?.childLog(view, channel);
  };

  const readMethod = (channel: Channel, name: string): Method =>
    method({
      name,
      params: [NAME, ...READ],
      result: { type: 'string', doc: 'that part of the log' },
      faults: ['BAD_NAME', 'NO_FILE', 'BAD_ARGUMENTS', 'FAILED'],
      doc: `Reads the ${channel} log of a process.`,
      effect: 'reads',
      call: ([process, offset, length]) => readLog(logOf(process, channel), offset, length).toString(),
    });
  const readBytes = method({
    name: 'tsv.readProcessLog',
    params: [NAME, text('channel', 'stdout or stderr'), ...READ],
    result: BASE64,
    faults: ['BAD_NAME', 'NO_FILE', 'BAD_ARGUMENTS', 'FAILED'],
    doc: 'Reads a log of a process, byte for byte: XML has no way to write escapes, of colours for instance.',
    effect: 'reads',
    call: ([process, channel, offset, length]) => {
      if (channel !== 'stdout' && channel !== 'stderr')
        throw new RpcFault('BAD_ARGUMENTS', 'channel: stdout or stderr');
      return readLog(logOf(process, channel), offset, length).toString('base64');
    },
  });
  const tailMethod = (channel: Channel, name: string): Method =>
    method({
      name,
      params: [NAME, ...TAIL],
      result: { type: 'array', doc: '[text, the offset for the next call, whether something was left out]' },
      faults: ['BAD_NAME'],
      doc: `Reads the end of the ${channel} log of a process, for a caller that asks again and again.`,
      effect: 'reads',
      call: ([process, offset, length]) => tailLog(logOf(process, channel), offset, length),
    });
  const clearLogs = method({
    name: 'supervisor.clearProcessLogs',
    params: [NAME],
    result: { type: 'boolean', doc: 'always true' },
    faults: ['BAD_NAME', 'FAILED'],
    doc: 'Empties the logs of a process, which may be running and goes on writing to them.',
    effect: 'changes',
    call: async ([spec]) => {
      const process = lookUpProcess(supervisor, spec);
      return throwFault(await operations.clearLogs({ kind: 'process', process, spec }));
    },
  });
  const clearAll = method({
    name: 'supervisor.clearAllProcessLogs',
    result: { type: 'array', doc: 'a struct for each process: name, group, status, description' },
    doc: 'Empties the logs of all processes.',
    effect: 'changes',
    call: async () => statusesOf(await operations.clearLogs({ kind: 'all' })),
  });

  const reopenLogs = method({
    name: 'tsv.reopenLogs',
    params: [NAME],
    result: { type: 'boolean', doc: 'always true' },
    faults: ['BAD_NAME', 'FAILED'],
    doc: 'Opens the logs of a process anew under their names, after somebody has renamed them; SIGUSR2 does so for all.',
    effect: 'changes',
    call: ([name]) => {
      for (const channel of ['stdout', 'stderr'] as const) reopenLog(logOf(name, channel));
      return true;
    },
  });

  const readStdout = readMethod('stdout', 'supervisor.readProcessStdoutLog');
  const tailStdout = tailMethod('stdout', 'supervisor.tailProcessStdoutLog');
  return [
    readStdout,
    alias('supervisor.readProcessLog', readStdout),
    readMethod('stderr', 'supervisor.readProcessStderrLog'),
    tailStdout,
    alias('supervisor.tailProcessLog', tailStdout),
    tailMethod('stderr', 'supervisor.tailProcessStderrLog'),
    clearLogs,
    alias('supervisor.clearProcessLog', clearLogs),
    clearAll,
    readBytes,
    reopenLogs,
  ];
}
