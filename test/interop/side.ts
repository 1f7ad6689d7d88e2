import { RpcClient } from '../../plugins/control/client/index.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/wait.ts';

export interface Finished {
  readonly code: number | null;
  /** stdout, then stderr, with all that may differ (paths, pids, times) made equal. */
  readonly output: string;
}

/** What is compared: a daemon's command and a client's. One of the two is the same on both sides. */
export interface Pair {
  readonly daemon: string;
  readonly client: string;
}

/** A daemon of its own and the client that is tried on it. */
export class Side {
  readonly file: string;
  address = '';
  readonly #folder: string;
  readonly #pair: Pair;
  #daemon: ChildProcess | undefined;

  constructor(folder: string, pair: Pair) {
    this.#folder = folder;
    this.#pair = pair;
    this.file = join(folder, 'supervisord.conf');
  }

  async start(): Promise<void> {
    mkdirSync(this.#folder);
    const port = await freePort();
    this.address = `http://127.0.0.1:${port}`;
    const plain = join(this.#folder, 'plain');
    writeFileSync(plain, '', { mode: 0o644 });
    writeFileSync(this.file, configuration(this.#folder, port, plain));
    this.#daemon = spawn(this.#pair.daemon, ['-n', '-c', this.file], { stdio: 'ignore' });
    await this.untilUp();
  }

  async stop(): Promise<void> {
    if (this.#daemon?.exitCode !== null) return;
    this.#daemon.kill('SIGTERM');
    await this.untilDown();
  }

  async untilUp(): Promise<void> {
    const client = new RpcClient({ serverurl: `unix://${this.#folder}/s.sock` });
    await until(`${this.#folder}: every autostarted program runs`, async () => {
      const infos = await client.call('supervisor.getAllProcessInfo').catch(() => []);
      const running = JSON.stringify(infos).match(/"RUNNING"/g) ?? [];
      return running.length === 5 && readFileSync(join(this.#folder, 'err.log'), 'utf8').startsWith('oops');
    });
  }

  async untilDown(): Promise<void> {
    await until(`${this.#folder}: the daemon has ended`, () => this.#daemon?.exitCode !== null);
  }

  /** Changes the file that the daemon reads again when it is told so. */
  edit(change: (text: string) => string): void {
    writeFileSync(this.file, change(readFileSync(this.file, 'utf8')));
  }

  /** Runs the client to its end. */
  async control(words: readonly string[], { input = '' } = {}): Promise<Finished> {
    const client = this.#spawn(words);
    client.stdin?.end(input);
    return await this.#finish(client);
  }

  /** Runs a command that follows a log and does not end by itself, and interrupts it once it has shown the last line of the log. */
  async follow(command: string, log: 'out.log' | 'err.log' | 'd.log'): Promise<Finished> {
    const client = this.#spawn(['-c', this.file, ...command.split(' ')]);
    const finished = this.#finish(client);
    const [last = ''] = /[^\n]*\n$/.exec(readFileSync(join(this.#folder, log), 'utf8')) ?? [];
    await seen(client, last);
    // supervisorctl calls the signal a failed connection while it still handles what has come.
    await until('the client to wait for more', () => isAsleep(client));
    client.kill('SIGINT');
    return await finished;
  }

  /** Types `input`, waits for the answer, and closes the input. */
  async converse(command: string, input: string, answer: RegExp): Promise<Finished> {
    const client = this.#spawn(['-c', this.file, ...command.split(' ')]);
    const finished = this.#finish(client);
    client.stdin?.write(input);
    await seen(client, answer);
    client.stdin?.end();
    return await finished;
  }

  #spawn(words: readonly string[]): ChildProcess {
    return spawn(this.#pair.client, words, { cwd: this.#folder, stdio: 'pipe' });
  }

  #finish(client: ChildProcess): Promise<Finished> {
    let output = '';
    let errors = '';
    client.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    client.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    return new Promise((resolve) => {
      client.on('close', (code) => resolve({ code, output: this.#equal(output + errors) }));
    });
  }

  #equal(output: string): string {
    return output
      .replaceAll(this.#folder, '/DIR')
      .replaceAll(this.address, 'http://ADDRESS')
      .replaceAll(/uptime \d+:\d\d:\d\d/g, 'uptime U')
      .replaceAll(/pid \d+/g, 'pid P')
      .replaceAll(/^[1-9]\d*$/gm, 'P')
      .replaceAll(/\w{3} \d\d \d\d:\d\d [AP]M/g, 'TIME')
      .replaceAll(/For help, use \S+ -h/g, 'For help, use CLIENT -h');
  }
}

const configuration = (folder: string, port: number, plain: string): string => `
[unix_http_server]
file=${folder}/s.sock
[inet_http_server]
port=127.0.0.1:${port}
username=me
password=pass:wörd
[supervisord]
logfile=${folder}/d.log
pidfile=${folder}/d.pid
childlogdir=${folder}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/s.sock ; where it is
prompt=%(ENV_HOME)s #1
[program:web]
command=sleep 1000
stdout_logfile=NONE
startsecs=0
[program:halted]
command=sleep 1000
autostart=false
[program:one]
command=sleep 1000
startsecs=0
[program:two]
command=sleep 1000
startsecs=0
[group:grp]
programs=one,two
[program:talks]
command=/bin/sh -c "echo one; echo two; echo tëst; echo oops >&2; exec sleep 1000"
startsecs=0
stdout_logfile=${folder}/out.log
stderr_logfile=${folder}/err.log
[program:echo]
command=cat
startsecs=0
[program:dies]
command=/bin/false
autostart=false
startretries=0
startsecs=5
[program:missing]
command=/no/such/thing
autostart=false
[program:plain]
command=${plain}
autostart=false
`;

async function seen(client: ChildProcess, what: RegExp | string): Promise<void> {
  const chunks: Buffer[] = [];
  client.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  await until(`the client prints ${what}`, () => {
    const output = Buffer.concat(chunks).toString();
    return typeof what === 'string' ? output.includes(what) : what.test(output);
  });
}

/** Whether the process waits in a system call. True where there is no /proc to look at. */
function isAsleep({ pid }: ChildProcess): boolean {
  const file = `/proc/${pid}/stat`;
  return !existsSync(file) || /\) S /.test(readFileSync(file, 'utf8'));
}
