import { type Connection, DaemonClient, FAULTS, RpcError } from '../../plugins/control/client/index.ts';
import { codeOf, type Clock } from '../../core/index.ts';
import { nearest } from '../../plugins/config/options/nearest.ts';
import { describeUsage, visibleNames, type Command, type Outcome } from './command.ts';
import { EXIT } from './exit-status.ts';
import { LOCAL_COMMANDS } from './local-commands.ts';
import { describeError, refusedConfiguration } from './fault-text.ts';

/** The address and credentials. Commands change them: `open`, and a login. */
export interface Access {
  readonly serverurl: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** The person or script that uses tsvctl. */
export interface Terminal {
  /** Writes text that may contain output of a server or program. For a terminal it is made safe. */
  print(text: string): void;
  printError(text: string): void;
  /** The same for streamed output of a program. */
  printPieces(): Pieces;
  /** Writes our own escape sequences; foreign text in it was made safe. */
  draw(text: string): void;
  /** Whether a person is there: advice, live screens and questions are for people only. */
  readonly isForPeople: boolean;
  readonly hasColour: boolean;
  /** The size of the screen; `undefined` if there is none. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** stderr is a terminal. */
  readonly showsProgress: boolean;
  /** Shows people a status line that the next one replaces; `undefined` removes it. */
  showProgress(line: string | undefined): void;
  /** One line of input; `undefined` when there is no more. */
  ask(prompt: string): Promise<string | undefined>;
  /** The same without echo. */
  askSecret(prompt: string): Promise<string | undefined>;
  /** Runs `work`; Ctrl-C aborts its signal instead of ending the program. */
  interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export interface Pieces {
  write(bytes: Uint8Array): void;
  /** Call it at the end. */
  end(): void;
}

export interface SessionOptions {
  readonly access: Access;
  readonly commands: ReadonlyMap<string, Command>;
  readonly terminal: Terminal;
  /** A shell: asks before it stops the daemon, and for a password when one is needed. */
  readonly isInteractive: boolean;
  readonly json: boolean;
  readonly clock: Clock;
  readonly connect: (access: Access) => Connection;
  /** The file that the address comes from, if any. */
  readonly file?: string | undefined;
}

/** Runs command lines one after the other, and collects their exit status. */
export class Session {
  readonly commands: ReadonlyMap<string, Command>;
  readonly terminal: Terminal;
  readonly isInteractive: boolean;
  readonly clock: Clock;
  /** A later success does not reset a failure: `start a b` reports both. */
  exitStatus: number = EXIT.success;
  access: Access;
  json: boolean;
  readonly #connect: SessionOptions['connect'];
  readonly #file: string | undefined;

  constructor({ access, commands, terminal, isInteractive, json, clock, connect, file }: SessionOptions) {
    this.access = access;
    this.commands = commands;
    this.terminal = terminal;
    this.isInteractive = isInteractive;
    this.json = json;
    this.clock = clock;
    this.#connect = connect;
    this.#file = file;
  }

  get connection(): Connection {
    return this.#connect(this.access);
  }

  get daemon(): DaemonClient {
    return new DaemonClient(this.connection);
  }

  /** A line of text for people and scripts. With `--json`, stdout belongs to the document. */
  line(text: string): void {
    if (this.json) this.terminal.printError(`${text}\n`);
    else this.terminal.print(`${text}\n`);
  }

  document(value: unknown): void {
    this.terminal.print(`${JSON.stringify(value)}\n`);
  }

  fail(text: string, exitStatus: number = EXIT.failure): void {
    this.line(text);
    this.exitStatus = exitStatus;
  }

  /** Advice for people. Scripts get only what supervisorctl prints. */
  advise(text: string): void {
    if (this.terminal.isForPeople) this.terminal.printError(`${text}\n`);
  }

  /** Reports wrong arguments: the error, then the usage. */
  misuse(text: string, command: Command, exitStatus: number = EXIT.failure): void {
    this.fail(text, exitStatus);
    this.line(describeUsage(command));
  }

  /** Sets the exit status for a fault, unless the command treats it as success. */
  noteFault(code: number, harmless?: number): void {
    if (code === FAULTS.SUCCESS || code === harmless) return;
    this.exitStatus = DEAD_PROGRAM.has(code) ? EXIT.notRunning : EXIT.failure;
  }

  /** Whether a compatible daemon answers; if not, prints the reason and sets the exit status. */
  async isUp(): Promise<boolean> {
    try {
      const version = await this.daemon.apiVersion();
      if (version === API_VERSION) return true;
      const problem = `the server at ${this.access.serverurl} speaks version ${version} of the interface`;
      this.fail(`Sorry, ${problem}, tsvctl speaks ${API_VERSION}.`, EXIT.wrongVersion);
    } catch (error) {
      this.#explainDown(error);
    }
    return false;
  }

  #explainDown(error: unknown): void {
    const failure = error instanceof RpcError ? error.failure : undefined;
    if (failure?.kind === 'refused') {
      this.fail(`${this.access.serverurl} refused connection`, EXIT.refused);
    } else if (failure?.kind === 'no-such-file') {
      this.fail(`${this.access.serverurl} no such file`, EXIT.notRunning);
    } else if (failure?.kind === 'fault' && failure.code === FAULTS.UNKNOWN_METHOD) {
      const advice = 'the configuration of the daemon needs a section [rpcinterface:supervisor]';
      return this.fail(`Sorry, the server does not know the supervisor methods: ${advice}.`, EXIT.unimplemented);
    } else {
      throw error;
    }
    const from = this.#file === undefined ? '' : ` The address is from ${this.#file}.`;
    this.advise(`${NOT_THERE}${from}`);
  }

  /** Runs one line. Errors are printed and recorded, never thrown. */
  async run(line: string): Promise<Outcome> {
    const parsed = parseLine(line);
    if (parsed === undefined) return;
    const command = this.commands.get(parsed.name);
    if (command === undefined) return this.#refuse(parsed);
    const json = this.json;
    try {
      return await this.#perform(command, parsed.words);
    } catch (error) {
      if (error instanceof RpcError && error.failure.kind === 'unauthorized') return await this.#logIn(line);
      for (const line of refusedConfiguration(error) ?? [`error: ${describeError(error)}`]) this.fail(line);
      const advice = adviceFor(error);
      if (advice !== undefined) this.advise(advice);
    } finally {
      this.json = json;
    }
  }

  async #perform(command: Command, words: readonly string[]): Promise<Outcome> {
    const rest = command.hasJson ? words.filter((word) => word !== '--json') : words;
    this.json = command.hasJson === true && (this.json || rest.length < words.length);
    return await command.run(this, rest);
  }

  #refuse({ line, name }: { readonly line: string; readonly name: string }): void {
    this.fail(`*** Unknown syntax: ${line}`);
    const [word = ''] = line.split(/\s/);
    if (LOCAL_COMMANDS.has(word)) return this.advise(`${word} needs no daemon; call it as: tsvctl ${line}`);
    const meant = nearest(name, visibleNames(this.commands));
    this.advise(
      meant === undefined ? '"help" lists the commands.' : `Did you mean "${meant}"? "help" lists the commands.`,
    );
  }

  async #logIn(line: string): Promise<Outcome> {
    const { username: refused, password: wrong } = this.access;
    const isKnown = refused !== undefined && wrong !== undefined;
    if (!this.isInteractive) {
      this.fail('Server requires authentication');
      return this.advise(
        isKnown
          ? `The daemon does not accept the password that was given for user ${refused}, or knows no such user.`
          : 'Give -u NAME and -p PASSWORD, or username and password in [supervisorctl] of the configuration.',
      );
    }
    this.line(
      isKnown ? `The server does not accept this password for user ${refused}` : 'Server requires authentication',
    );
    const username = await this.terminal.ask('Username:');
    const password = username === undefined ? undefined : await this.terminal.askSecret('Password:');
    if (password === undefined) return this.fail('error: no more input');
    this.line('');
    this.access = { ...this.access, username, password };
    return await this.run(line);
  }
}

const API_VERSION = '3.0';
const DEAD_PROGRAM: ReadonlySet<number> = new Set([
  FAULTS.SPAWN_ERROR,
  FAULTS.ABNORMAL_TERMINATION,
  FAULTS.NOT_RUNNING,
]);
const NOT_THERE = 'Is the daemon running? Start it (tsvd -c FILE), or give its address (tsvctl -s URL).';

/** Advice for a failed connection that only an administrator can fix. */
function adviceFor(error: unknown): string | undefined {
  if (!(error instanceof RpcError)) return undefined;
  switch (error.failure.kind) {
    case 'timeout':
      return 'The daemon may be busy with what was asked of it: look with "tsvctl status", or give it more time (--timeout).';
    case 'bad-url':
      return 'Give an address as -s http://HOST:PORT or -s unix:///PATH.';
    case 'fault':
      return error.failure.code === FAULTS.SHUTDOWN_STATE
        ? 'The daemon is about to end: wait, and start it anew.'
        : undefined;
    case 'status':
      return error.failure.status === 403 && /\bhosts?\b/i.test(error.failure.said ?? '')
        ? `The daemon answers only to names that it knows: add this one to the option "hosts" of its server, or use its IP address.`
        : undefined;
    default:
      return isDenied(error)
        ? 'The socket belongs to another user: try sudo, or set chmod and chown in [unix_http_server].'
        : undefined;
  }
}

function isDenied({ cause }: Error): boolean {
  return codeOf(cause) === 'EACCES';
}

/**
 * A command consists of letters, digits and underscores; its arguments follow, with or without a blank. Python: cmd.py.
 */
function parseLine(text: string): { line: string; name: string; words: readonly string[] } | undefined {
  const stripped = text.trim();
  if (stripped === '') return undefined;
  const line = stripped.startsWith('?') ? `help ${stripped.slice(1)}` : stripped;
  const name = /^\w*/.exec(line)?.[0] ?? '';
  return { line, name, words: splitWords(line.slice(name.length)) };
}

function splitWords(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
