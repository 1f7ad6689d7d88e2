// tsvd or supervisord under test: one configuration serves both, and both answer XML-RPC on a Unix socket.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { isAlive, killPid, until } from './processes.mjs';
import { signalName } from './signal-names.mjs';

const ANSWER_MS = 60_000;
const STOP_MS = 180_000;

export class SupervisorDaemon {
  #command;
  #folder;
  #configuration;
  #socket;
  #environment;
  #process;
  #pid;

  /** `asUser`: words in front of the command that change the user. `options`: lines for [supervisord]. */
  constructor({ command, folder, binary, programs, asUser, environment, options }) {
    this.#folder = folder;
    this.#socket = join(folder, 's.sock');
    this.#environment = environment;
    this.#configuration = join(folder, 'supervisord.conf');
    this.#command = [...asUser, command, '-n', '-s', '-c', this.#configuration];
    const settings = `[unix_http_server]
file=${this.#socket}
[supervisord]
logfile=${join(folder, 'supervisord.log')}
logfile_maxbytes=0
pidfile=${join(folder, 'supervisord.pid')}
childlogdir=${folder}
minfds=${Math.max(1024, programs.length * 5 + 200)}
${options.map((line) => `${line}\n`).join('')}[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
`;
    writeFileSync(this.#configuration, settings + programs.map((program) => section(program, binary)).join(''));
  }

  /** Resolves as soon as the process exists. */
  start() {
    const output = openSync(join(this.#folder, 'daemon.out'), 'a');
    try {
      const [file, ...args] = this.#command;
      // A session of its own: Ctrl-C reaches the harness alone, which then ends the rest.
      const started = spawn(file, args, {
        detached: true,
        stdio: ['ignore', output, output],
        env: this.#environment,
        cwd: this.#folder,
      });
      this.#process = started;
      this.#pid = started.pid;
      return new Promise((resolve, reject) => {
        started.once('spawn', resolve);
        started.once('error', reject);
      });
    } finally {
      closeSync(output);
    }
  }

  /** Resolves once the daemon answers; to false if it ended instead. Throws if it does neither. */
  async answers() {
    const answer = await until(async () => {
      if (!this.#isRunning()) return { answers: false };
      return (await this.#call('supervisor.getAllProcessInfo').catch(() => undefined)) && { answers: true };
    }, ANSWER_MS);
    if (answer === undefined) throw new Error(`the daemon has not answered for ${ANSWER_MS / 1000} s`);
    // A launcher may have started the daemon as a process of its own: the daemon is who answers.
    if (answer.answers) this.#pid = Number(member(await this.#call('supervisor.getPID')) ?? this.#process.pid);
    return answer.answers;
  }

  /** Names and pids of the programs that the daemon says are running. */
  async running() {
    const answer = await this.#call('supervisor.getAllProcessInfo');
    return answer
      .split('<struct>')
      .slice(1)
      .filter((info) => member(info, 'statename') === 'RUNNING')
      .map((info) => ({ name: member(info, 'name'), pid: Number(member(info, 'pid')) }));
  }

  /** SIGKILL to the daemon alone; resolves once it is gone. Resolves to false if it was gone before. */
  async kill() {
    if (!this.#isRunning()) return false;
    killPid(this.#pid);
    await this.#end();
    return true;
  }

  /** Stops all programs, then the daemon. */
  async stop() {
    await this.#call('supervisor.stopAllProcesses');
    await this.#call('supervisor.shutdown');
    await this.#end();
  }

  /** The end of every child that the daemon has reported, in its order. */
  reports() {
    const journal = join(this.#folder, 'supervisord.journal');
    if (existsSync(journal)) return journalReports(readFileSync(journal, 'utf8'));
    return logReports(readFileSync(join(this.#folder, 'supervisord.log'), 'utf8'));
  }

  #isRunning() {
    const { pid, exitCode, signalCode } = this.#process;
    return this.#pid === pid ? exitCode === null && signalCode === null : isAlive(this.#pid);
  }

  async #end() {
    if (await until(() => !this.#isRunning(), STOP_MS, 1)) return;
    throw new Error(`the daemon (pid ${this.#pid}) has not ended for ${STOP_MS / 1000} s`);
  }

  #call(method) {
    const body = `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params/></methodCall>`;
    return new Promise((resolve, reject) => {
      const call = request(
        {
          socketPath: this.#socket,
          path: '/RPC2',
          method: 'POST',
          agent: false,
          headers: { 'content-type': 'text/xml' },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => (text += chunk));
          response.once('error', reject);
          response.once('end', () => {
            if (response.statusCode === 200 && !text.includes('<fault>')) resolve(text);
            else reject(new Error(`${method}: ${response.statusCode} ${text.replaceAll(/\s+/g, ' ')}`));
          });
        },
      );
      call.setTimeout(STOP_MS, () => call.destroy(new Error(`${method}: no answer`)));
      call.once('error', reject);
      call.end(body);
    });
  }
}

function section({ name, args, stdout, stderr }, binary) {
  const log = (stream, file) =>
    file === undefined ? `${stream}_logfile=NONE\n` : `${stream}_logfile=${file}\n${stream}_logfile_maxbytes=0\n`;
  return `[program:${name}]
command=${binary} ${args.join(' ')}
autorestart=true
startsecs=0
startretries=1000
stopwaitsecs=60
${log('stdout', stdout)}${log('stderr', stderr)}`;
}

/** The value of a member of a struct, or of the only value of an answer. */
function member(text, name) {
  const before = name === undefined ? '<param>' : `<name>${name}</name>`;
  return new RegExp(`${before}\\s*<value>\\s*(?:<\\w+>)?([^<]*)`).exec(text)?.[1];
}

/** tsvd: the records `ended` of its journal. */
function journalReports(text) {
  return text
    .split('\n')
    .map(recordOf)
    .filter((record) => record?.kind === 'ended')
    .map(({ name, pid, exit }) => ({ name, pid, status: statusOf(exit) }));
}

/** A SIGKILL may leave half a line, which is no report. */
function recordOf(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function statusOf(exit) {
  if (typeof exit?.signal === 'string') return signalName(exit.signal) ?? 'unknown';
  return typeof exit?.code === 'number' ? `exit ${exit.code}` : 'unknown';
}

/** supervisord: its log. An end names no pid there; the last start of the name does. */
function logReports(text) {
  const pids = new Map();
  const reports = [];
  for (const [, spawned, pid, ended, how] of text.matchAll(
    /spawned: '([^']+)' with pid (\d+)|(?:exited|stopped): (\S+) \(([^;)]*)/g,
  )) {
    if (spawned !== undefined) pids.set(spawned, Number(pid));
    else reports.push({ name: ended, pid: pids.get(ended), status: statusOfLog(how) });
  }
  return reports;
}

function statusOfLog(how) {
  const code = /exit status (\d+)/.exec(how)?.[1];
  if (code !== undefined) return `exit ${code}`;
  return signalName(/terminated by (\w+)/.exec(how)?.[1]) ?? 'unknown';
}
