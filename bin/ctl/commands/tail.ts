import { type Channel, FAULTS, RpcError, faultOf, logPath } from '../../../plugins/client/index.ts';
import { perform, type Action } from '../action.ts';
import type { Command } from '../command.ts';
import { quote } from '../fault-text.ts';
import type { Session } from '../session.ts';
import { adviseOnName } from '../suggestion.ts';

export const tail: Command = {
  name: 'tail',
  usage: [
    ['tail NAME [stdout|stderr]', 'show the last 1600 bytes of the output of a process (default: stdout)'],
    ['tail -BYTES NAME [stdout|stderr]', 'show that many bytes'],
    ['tail -f NAME [stdout|stderr]', 'go on showing what is written, until Ctrl-C'],
    ['tail --json NAME [stdout|stderr]', 'the bytes as JSON'],
  ],
  hasJson: true,
  completes: 'processes',
  flags: { '-f': 'go on showing, until Ctrl-C' },
  words: ['stdout', 'stderr'],
  async run(session, words) {
    if (!(await session.isUp())) return;
    if (words.length < 1) return session.misuse('Error: too few arguments', tail);
    if (words.length > 3) return session.misuse('Error: too many arguments', tail);
    const modifier = words[0]?.startsWith('-') ? words[0] : undefined;
    const [name, ...rest] = modifier === undefined ? words : words.slice(1);
    if (name === undefined) return session.fail('Error: tail requires process name');
    const channel = rest.at(-1)?.toLowerCase() ?? 'stdout';
    if (!isChannel(channel)) return session.fail(`Error: bad channel ${quote(channel)}`);
    if (modifier === '-f') return await follow(session, tail, logPath({ process: name, channel }));
    const bytes = parseBytes(modifier);
    if (bytes === undefined) return session.fail(`Error: bad argument ${modifier}`);
    await show(session, name, 'no such process name', () => session.daemon.readLog(name, channel, bytes));
  },
};

export const maintail: Command = {
  name: 'maintail',
  usage: [
    ['maintail', 'show the last 1600 bytes of the log of the daemon'],
    ['maintail -BYTES', 'show that many bytes'],
    ['maintail -f', 'go on showing what is written, until Ctrl-C'],
    ['maintail --json', 'the bytes as JSON'],
  ],
  hasJson: true,
  flags: { '-f': 'go on showing, until Ctrl-C' },
  async run(session, words) {
    if (!(await session.isUp())) return;
    const [modifier] = words;
    if (words.length > 1) return session.misuse('Error: too many arguments', maintail);
    if (modifier === '-f') return await follow(session, maintail, '/mainlogtail');
    const bytes = parseBytes(modifier);
    if (bytes === undefined) return session.fail(`Error: bad argument ${modifier}`);
    await show(session, 'supervisord', undefined, () => session.daemon.readMainLog(bytes));
  },
};

export const clear: Command = {
  name: 'clear',
  usage: [
    ['clear NAME...', 'empty the log files of processes'],
    ['clear all', 'empty the log files of every process'],
  ],
  completes: 'processes',
  async run(session, names) {
    if (!(await session.isUp())) return;
    if (names.length === 0) return session.misuse('Error: clear requires a process name', clear);
    await perform(session, names, CLEARING);
  },
};

const CLEARING: Action = {
  done: 'cleared',
  problems: new Map([
    [FAULTS.BAD_NAME, 'no such process'],
    [FAULTS.FAILED, 'failed'],
  ]),
  one: (daemon, name) => daemon.clearLogs(name),
  all: (daemon) => daemon.clearAllLogs(),
};

/** A stream that cannot be read is no failure of the command, as in supervisorctl; stderr says why. */
export async function stream(session: Session, path: string, signal: AbortSignal): Promise<void> {
  const pieces = session.terminal.printPieces();
  try {
    await session.connection.stream(path, (chunk) => pieces.write(chunk), signal);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { failure, message } = error;
    const status = failure.kind === 'status' ? failure.status : failure.kind === 'unauthorized' ? 401 : undefined;
    const said = failure.kind === 'status' && failure.said !== undefined ? `: ${failure.said}` : '';
    const reason =
      status === undefined ? `Cannot connect, error: ${message}` : `Cannot read, status code ${status}${said}`;
    session.terminal.printError(`${session.access.serverurl}${path} ${reason}\n`);
  } finally {
    pieces.end();
  }
}

async function follow(session: Session, command: Command, path: string): Promise<void> {
  if (session.json) return session.misuse('Error: -f and --json do not go together; logs -f --json does that', command);
  session.line('==> Press Ctrl-C to exit <==');
  await session.terminal.interruptible(async (signal) => {
    await stream(session, path, signal);
    if (signal.aborted) session.line('');
  });
}

async function show(
  session: Session,
  name: string,
  unknownName: string | undefined,
  read: () => Promise<Buffer>,
): Promise<void> {
  try {
    const log = await read();
    if (session.json) return session.document({ name, log: log.toString() });
    const pieces = session.terminal.printPieces();
    pieces.write(log);
    pieces.end();
    session.line('');
  } catch (error) {
    const { code } = faultOf(error);
    if (code === FAULTS.NO_FILE) session.fail(`${name}: ERROR (no log file)`);
    else if (code === FAULTS.FAILED) session.fail(`${name}: ERROR (unknown error reading log)`);
    else if (code === FAULTS.BAD_NAME && unknownName !== undefined) {
      session.fail(`${name}: ERROR (${unknownName})`);
      await adviseOnName(session, name);
    } else throw error;
  }
}

function isChannel(text: string): text is Channel {
  return text === 'stdout' || text === 'stderr';
}

/** `-100` asks for the last 100 bytes; 1600 when nothing is asked for. */
function parseBytes(modifier: string | undefined): number | undefined {
  if (modifier === undefined) return 1600;
  const digits = /^-([+-]?\d+)$/.exec(modifier)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
