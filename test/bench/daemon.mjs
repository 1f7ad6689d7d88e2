// A daemon under measurement: a folder of its own, a configuration, a socket, and its end.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export class Daemon {
  constructor(command, programs) {
    this.folder = mkdtempSync(join(tmpdir(), 'tsv-bench-'));
    this.socket = join(this.folder, 's.sock');
    const conf = join(this.folder, 'supervisord.conf');
    writeFileSync(
      conf,
      `[unix_http_server]
file=${this.socket}
[supervisord]
logfile=${join(this.folder, 'log')}
pidfile=${join(this.folder, 'pid')}
childlogdir=${this.folder}
minfds=16384
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
${programs(this.folder)}`,
    );
    this.startedAt = performance.now();
    this.process = spawn(command, ['-n', '-s', '-c', conf], { stdio: 'ignore' });
    this.gone = new Promise((resolve) => this.process.once('exit', resolve));
  }

  get pid() {
    return this.process.pid;
  }

  /**
   * Resolves once the log says that so many processes are RUNNING. A request would not do: it wakes Supervisor's loop,
   * which then looks at its processes earlier than it would by itself.
   */
  async running(count) {
    const log = join(this.folder, 'log');
    await until(() => existsSync(log) && readFileSync(log, 'latin1').split(' entered RUNNING state').length > count, 5);
  }

  /** SIGTERM; milliseconds until the daemon is gone. */
  async stop() {
    const began = performance.now();
    this.process.kill('SIGTERM');
    await this.gone;
    const took = performance.now() - began;
    rmSync(this.folder, { recursive: true, force: true });
    return took;
  }

  /** CPU seconds of the daemon itself, without its children. */
  cpuSeconds() {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** MiB that one more such process costs. */
  privateMemory() {
    const rollup = readFileSync(`/proc/${this.pid}/smaps_rollup`, 'utf8');
    const kib = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(rollup)[1]);
    return (kib('Private_Dirty') + kib('Private_Clean')) / 1024;
  }

  /** How often any of its threads has gone to sleep and been woken. */
  wakeUps() {
    return readdirSync(`/proc/${this.pid}/task`)
      .map((task) => readFileSync(`/proc/${this.pid}/task/${task}/status`, 'utf8'))
      .map((status) => Number(/\nvoluntary_ctxt_switches:\s+(\d+)/.exec(status)[1]))
      .reduce((sum, count) => sum + count, 0);
  }
}

/** Looks until there is an answer. */
export async function until(look, pollMs = 1) {
  for (;;) {
    const answer = look();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(pollMs);
  }
}
