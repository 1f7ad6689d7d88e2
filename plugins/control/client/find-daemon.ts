import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { findConfiguration, isNative } from '../../config/find/find.ts';
import { distrustFound } from '../../config/find/trust.ts';
import { defaultSocket, userFolders } from '../../config/find/user-folders.ts';
import { readSection } from './conf-section.ts';
import { ClientConfigError, type ClientSettings, type Environment, type GivenSettings } from './settings.ts';

/** What is known of a daemon. The rest is searched for. */
export interface FindOptions {
  /** The configuration of the daemon, in any format. By default it is searched for as tsvd does. */
  readonly configuration?: string | undefined;
  readonly serverurl?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The variables for `%(ENV_X)s`. Default: the environment of this process. */
  readonly env?: Environment;
  /**
   * The program next to which a configuration may lie: Supervisor searches the folder above its own. Default: the
   * running one.
   */
  readonly program?: string;
}

/**
 * Finds a daemon as `tsvctl` does. Given values win over the configuration, the configuration over the defaults. If the
 * configuration cannot be used but its daemon runs, the address comes from the daemon's state folder, and `problem`
 * says what is wrong.
 * @throws ClientConfigError
 */
export async function findDaemon(options: FindOptions = {}): Promise<ClientSettings> {
  const found = await settingsOf(options);
  const { serverurl = found.serverurl, username = found.username, password = found.password } = options;
  return { ...found, serverurl, username, password };
}

/** If an address is given, a configuration that is code is not run, unless it is named. */
async function settingsOf(options: FindOptions): Promise<ClientSettings> {
  const { configuration, serverurl, env = process.env, program = process.argv[1] ?? '' } = options;
  const file = configuration ?? (await searchConfiguration(program, serverurl === undefined));
  if (file === undefined) return withDefaults({});
  return { ...(await readFile(file, { ...options, env })), file };
}

async function readFile(file: string, { serverurl, env = process.env }: FindOptions): Promise<ClientSettings> {
  try {
    if (!isNative(file)) return await readCtlSection(file, env);
    // Reading any format loads all of the configuration plugin; a client of a supervisord.conf does not need it.
    const { readNativeSettings } = await import('./native-settings.ts');
    return withDefaults(await readNativeSettings(file, env));
  } catch (error) {
    if (!(error instanceof ClientConfigError)) throw error;
    const isKnown = serverurl !== undefined && isNative(file);
    return {
      ...withDefaults({ serverurl: isKnown ? serverurl : await addressOf(file, error) }),
      problem: error.message,
    };
  }
}

/**
 * Where the daemon of a file runs, from its state folder. @throws the problem with the file, unless exactly one daemon
 * is found.
 */
async function addressOf(file: string, problem: ClientConfigError): Promise<string> {
  const { runningDaemonsOf } = await import('../../host/daemon/run-file.ts');
  const [daemon, ...others] = runningDaemonsOf(file);
  if (daemon === undefined) throw problem;
  if (others.length === 0) return daemon.serverurl;
  const choice = [daemon, ...others].map(({ pid, serverurl }) => `-s ${serverurl} (pid ${pid})`).join(', ');
  throw new ClientConfigError(
    `${problem.message}\n${others.length + 1} daemons run with this file; choose one: ${choice}`,
  );
}

/**
 * Clients also run in folders of other users: a native configuration that others can write is ignored unless it is
 * named.
 */
function searchConfiguration(program: string, mayBeNative: boolean): Promise<string | undefined> {
  const uid = process.getuid?.() ?? -1;
  return findConfiguration(
    { cwd: process.cwd(), program },
    (file) => mayBeNative && distrustFound(file, uid) === undefined,
  );
}

/** Without any information, the daemon of this user is used, if there is one. */
function withDefaults(given: GivenSettings): ClientSettings {
  const folders = userFolders(process.env, process.getuid?.() ?? -1);
  const socket = folders === undefined ? undefined : defaultSocket(folders);
  const own = socket !== undefined && existsSync(socket) ? `unix://${socket}` : DEFAULT_URL;
  const { serverurl = own, username, password, prompt = DEFAULT_PROMPT, history_file } = given;
  return { serverurl, username, password, prompt, history_file };
}

const DEFAULT_URL = 'http://localhost:9001';
const DEFAULT_PROMPT = 'supervisor';

/** The `[supervisorctl]` section of a supervisord.conf, its paths absolute. @throws ClientConfigError */
export async function readCtlSection(file: string, env: Environment): Promise<ClientSettings> {
  if (!existsSync(file)) throw new ClientConfigError(`could not find config file ${file}`);
  const section = await readSection(file, 'supervisorctl', env);
  if (section === undefined) throw new ClientConfigError('.ini file does not include supervisorctl section');
  const serverurl = section.get('serverurl') ?? DEFAULT_URL;
  const history = section.get('history_file');
  return {
    serverurl: serverurl.startsWith('unix://') ? `unix://${absolute(serverurl.slice(7))}` : serverurl,
    username: section.get('username'),
    password: section.get('password'),
    prompt: section.get('prompt') ?? DEFAULT_PROMPT,
    history_file: history === undefined || history === '' ? undefined : absolute(history),
  };
}

function absolute(path: string): string {
  return resolve(path.replace(/^~(?=\/|$)/, homedir()));
}
