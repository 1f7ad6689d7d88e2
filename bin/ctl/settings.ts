import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { findConfiguration, isNative } from '../../plugins/config/find.ts';
import { distrustFound } from '../../plugins/config/trust.ts';
import { defaultSocket, userFolders } from '../../plugins/config/user-folders.ts';
import type { NativeSettings } from './native-settings.ts';
import { UsageError, type CommandLine } from './command-line.ts';
import { readSection } from './section.ts';

/** How to reach the daemon, and how the shell looks. */
export interface Settings {
  readonly serverurl: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly prompt: string;
  readonly history_file: string | undefined;
  /** What is wrong with the configuration of a daemon that was found without it. */
  readonly problem?: string;
}

/**
 * The command line wins over the file, the file over the defaults. Where the file cannot be used but its daemon runs, the daemon has left
 * its address. Throws {@link UsageError}.
 */
export async function findSettings(line: CommandLine, executable: string): Promise<Settings> {
  const section = await readFileSettings(line, executable);
  return {
    serverurl: line.serverurl ?? section.serverurl,
    username: line.username ?? section.username,
    password: line.password ?? section.password,
    prompt: section.prompt,
    history_file: line.historyFile ?? section.history_file,
    ...(section.problem !== undefined && { problem: section.problem }),
  };
}

/** What is read where no file is named is what tsvd would take. A configuration that is code is not run for an address that is given. */
async function readFileSettings({ configuration, serverurl }: CommandLine, executable: string): Promise<Settings> {
  const file = configuration ?? (await findConfigurationOfDaemon(executable, serverurl === undefined));
  if (file === undefined) return withDefaults({});
  try {
    return await readFormat(file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const address = isNative(file) ? (serverurl ?? (await addressOf(file, error))) : await addressOf(file, error);
    return { ...withDefaults({ serverurl: address }), problem: error.message };
  }
}

async function readFormat(file: string): Promise<Settings> {
  if (!isNative(file)) return await readCtlSection(file);
  // Reading any format takes all of the configuration plugin; the client of a supervisord.conf does without.
  const { readNativeSettings } = await import('./native-settings.ts');
  return withDefaults(await readNativeSettings(file));
}

/** Where the daemon of a file runs, by what it has left in its state folder. @throws the problem with the file where that is not one daemon. */
async function addressOf(file: string, problem: UsageError): Promise<string> {
  const { runningDaemonsOf } = await import('../../plugins/daemon/run-file.ts');
  const [daemon, ...others] = runningDaemonsOf(file);
  if (daemon === undefined) throw problem;
  if (others.length === 0) return daemon.serverurl;
  const choice = [daemon, ...others].map(({ pid, serverurl }) => `-s ${serverurl} (pid ${pid})`).join(', ');
  throw new UsageError(`${problem.message}\n${others.length + 1} daemons run with this file; choose one: ${choice}`);
}

/** tsvctl is run in other people's folders, too: a native configuration that others can write is left alone unless it is named with -c. */
function findConfigurationOfDaemon(executable: string, mayBeNative: boolean): Promise<string | undefined> {
  const uid = process.getuid?.() ?? -1;
  return findConfiguration(
    { cwd: process.cwd(), program: executable },
    (file) => mayBeNative && distrustFound(file, uid) === undefined,
  );
}

/** Where nothing says how, the daemon of this user is meant, if there is one. */
function withDefaults(given: Partial<NativeSettings>): Settings {
  const folders = userFolders(process.env, process.getuid?.() ?? -1);
  const socket = folders === undefined ? undefined : defaultSocket(folders);
  const own = socket !== undefined && existsSync(socket) ? `unix://${socket}` : DEFAULTS.serverurl;
  return {
    serverurl: given.serverurl ?? own,
    username: given.username,
    password: given.password,
    prompt: given.prompt ?? DEFAULTS.prompt,
    history_file: given.history_file,
  };
}

const DEFAULTS: Settings = {
  serverurl: 'http://localhost:9001',
  username: undefined,
  password: undefined,
  prompt: 'supervisor',
  history_file: undefined,
};

/** The `[supervisorctl]` section of a file, its paths absolute. Throws {@link UsageError}. */
export async function readCtlSection(file: string): Promise<Settings> {
  if (!existsSync(file)) throw new UsageError(`could not find config file ${file}`);
  const section = await readSection(file, 'supervisorctl');
  if (section === undefined) throw new UsageError('.ini file does not include supervisorctl section');
  const serverurl = section.get('serverurl') ?? DEFAULTS.serverurl;
  const history = section.get('history_file');
  return {
    serverurl: serverurl.startsWith('unix://') ? `unix://${absolute(serverurl.slice(7))}` : serverurl,
    username: section.get('username'),
    password: section.get('password'),
    prompt: section.get('prompt') ?? DEFAULTS.prompt,
    history_file: history === undefined || history === '' ? undefined : absolute(history),
  };
}

function absolute(path: string): string {
  return resolve(path.replace(/^~(?=\/|$)/, homedir()));
}
