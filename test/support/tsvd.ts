import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgetDaemon } from './state-folder.ts';
import { until } from './wait.ts';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const TSVD = join(dist, 'tsvd');
const TSVCTL = join(dist, 'tsvctl');

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  return outcomeOf(child).ended;
}

function outcomeOf(child: ChildProcess): { ended: Promise<Outcome>; out: () => string; err: () => string } {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { ended, out: () => out, err: () => err };
}

/** A folder with a configuration, and the tsvd that runs on it. Dispose of it: everything it started ends. */
export class Place {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsv-test-')));
  readonly socket = join(this.folder, 's.sock');
  readonly #daemons: { child: ChildProcess; ended: Promise<Outcome>; out: () => string; err: () => string }[] = [];

  /** Those that were started to stay, in their order. */
  get daemons(): readonly { readonly child: ChildProcess }[] {
    return this.#daemons;
  }

  constructor() {
    chmodSync(this.folder, 0o755);
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : '';
  }

  write(name: string, text: string, mode = 0o644): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text, { mode });
    return this.path(name);
  }

  /** A supervisord.conf with the usual sections, and these. */
  conf(programs: string, supervisord = ''): string {
    return this.write(
      'supervisord.conf',
      `[unix_http_server]
file=${this.socket}
[supervisord]
logfile=${this.path('log')}
pidfile=${this.path('pid')}
childlogdir=${this.folder}
${supervisord}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${this.socket}
${programs}`,
    );
  }

  /** Starts tsvd in the foreground, through the command `by` where one is given, and waits until it answers. */
  async start(
    args: readonly string[] = ['-n', '-c', this.path('supervisord.conf')],
    env: NodeJS.ProcessEnv = {},
    by?: string,
  ) {
    const [file, words] = by === undefined ? [TSVD, args] : [by, [TSVD, ...args]];
    return this.#start(file, words, env);
  }

  /** Starts the tsvd of another installation. */
  startWith(command: string) {
    return this.#start(command, ['-n', '-c', this.path('supervisord.conf')], {});
  }

  async #start(file: string, words: readonly string[], env: NodeJS.ProcessEnv) {
    const child = spawn(file, words, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const daemon = { child, ...outcomeOf(child) };
    this.#daemons.push(daemon);
    let isOver = false;
    void daemon.ended.then(() => (isOver = true));
    await until('the socket', () => {
      if (isOver) throw new Error(`tsvd ended:\n${daemon.out()}${daemon.err()}`);
      return existsSync(this.socket) && daemon.out().includes('supervisord started with pid');
    });
    return daemon;
  }

  /** Runs tsvd where it should not stay. */
  run(...args: string[]): Promise<Outcome> {
    return runCommand(TSVD, args, { cwd: this.folder });
  }

  ctl(...args: string[]): Promise<Outcome> {
    return runCommand(TSVCTL, ['-s', `unix://${this.socket}`, ...args], { cwd: this.folder });
  }

  /** Waits until `status NAME` says this state; the whole line. */
  status(name: string, state: string): Promise<string> {
    return until(
      () => `${name} to be ${state}; log:\n${this.read('log')}`,
      async () => {
        const { out } = await this.ctl('status', name);
        return out.includes(` ${state} `) ? out.trimEnd() : '';
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child, ended } of this.#daemons) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
      if (child.signalCode === 'SIGKILL') forgetDaemon(child.pid ?? 0);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends a daemon as the kernel's out-of-memory killer does. */
export async function killDaemon({ child, ended }: Awaited<ReturnType<Place['start']>>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** The pid in a line of `tsvctl status`. */
export function pidOf(status: string): number {
  return Number(/pid (\d+)/.exec(status)?.[1]);
}
