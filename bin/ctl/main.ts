import { systemClock } from '../../core/index.ts';
import {
  ClientConfigError,
  findDaemon,
  RpcClient,
  type ClientSettings,
  type Connection,
  type ProcessInfo,
} from '../../plugins/control/client/index.ts';
import { programEnvironment } from '../environment.ts';
import { describeCommandLine, parseCommandLine, UsageError, type CommandLine } from './command-line.ts';
import { COMMANDS } from './commands.ts';
import { complete } from './completion.ts';
import { EXIT } from './exit-status.ts';
import { LOCAL_COMMANDS } from './local-commands.ts';
import { Session, type Access } from './session.ts';
import { readHistory, runShell, writeHistory } from './shell.ts';
import { StandardTerminal, type Input, type Output } from './terminal.ts';

declare const TSV_VERSION: string;

export interface Surroundings {
  readonly argv: readonly string[];
  /** The program next to which the configuration is searched. */
  readonly executable: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** All of tsvctl except the process itself; resolves with the exit code. */
export async function main({ argv, executable, ...streams }: Surroundings): Promise<number> {
  try {
    const line = parseCommandLine(argv);
    if (line.wantsHelp) {
      streams.stdout.write(describeCommandLine());
      return EXIT.success;
    }
    if (line.wantsVersion) {
      streams.stdout.write(`${TSV_VERSION}\n`);
      return EXIT.success;
    }
    const [name = '', ...words] = line.command;
    const local = LOCAL_COMMANDS.get(name);
    if (local !== undefined) return await local.run({ ...streams, line, words, executable });
    const found = await findDaemon({ ...line, env: programEnvironment(), program: executable });
    return await control(line, { ...found, history_file: line.historyFile ?? found.history_file }, streams);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ClientConfigError)) throw error;
    streams.stderr.write(`Error: ${error.message}\nFor help, use tsvctl -h\n`);
    return EXIT.invalidArguments;
  }
}

type Streams = Pick<Surroundings, 'stdin' | 'stdout' | 'stderr'>;

async function control(line: CommandLine, settings: ClientSettings, streams: Streams): Promise<number> {
  const known = new ProcessCache(() => session.daemon.processes());
  const terminal = new StandardTerminal({
    ...streams,
    env: process.env,
    history: line.isInteractive ? await readHistory(settings.history_file) : [],
    complete: (text) => complete(text, COMMANDS, () => known.get()),
  });
  const connect = (access: Access): Connection => {
    known.forget();
    return new RpcClient({ ...access, timeoutMs: line.timeoutMs });
  };
  const { serverurl, username, password, problem, file } = settings;
  const session: Session = new Session({
    access: { serverurl, username, password },
    commands: COMMANDS,
    terminal,
    isInteractive: line.isInteractive,
    json: line.json,
    clock: systemClock,
    connect,
    file: line.serverurl === undefined ? file : undefined,
  });
  if (problem !== undefined) streams.stderr.write(`Warning: ${problem}\n`);
  try {
    if (line.command.length > 0) await session.run(line.command.join(' '));
    if (!wantsShell(line, streams)) return session.exitStatus;
    await runShell(session, settings.prompt);
    await writeHistory(settings.history_file, terminal.history);
    return EXIT.success;
  } finally {
    terminal.close();
  }
}

/**
 * `-i COMMAND` continues with a shell only for people. supervisorctl documents a shell but exits, and scripts depend on
 * that.
 */
function wantsShell({ command, isInteractive }: CommandLine, { stdin, stdout }: Streams): boolean {
  return command.length === 0 || (isInteractive && stdin.isTTY === true && stdout.isTTY === true);
}

/** Tab is pressed many times per line; the daemon is asked once between two commands. */
class ProcessCache {
  readonly #read: () => Promise<readonly ProcessInfo[]>;
  #infos: Promise<readonly ProcessInfo[]> | undefined;

  constructor(read: () => Promise<readonly ProcessInfo[]>) {
    this.#read = read;
  }

  get(): Promise<readonly ProcessInfo[]> {
    // Asking opens a connection, which clears the cache, so the answer is stored afterwards.
    const infos = this.#infos ?? this.#read();
    this.#infos = infos;
    return infos;
  }

  forget(): void {
    this.#infos = undefined;
  }
}
