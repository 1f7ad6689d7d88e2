// pm2 under test. Its users start their programs, `pm2 save` them, and have `pm2 resurrect` run when the daemon is gone (that
// is what the unit of `pm2 startup` does). The daemon puts itself into the background: its pid is in its pid file.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAlive, killPid, until } from './processes.mjs';
import { signalName } from './signal-names.mjs';

const run = promisify(execFile);
const COMMAND_MS = 600_000;

export class Pm2Daemon {
  #command;
  #home;
  #environment;
  #ecosystem;
  #starting;
  #isSaved = false;

  constructor({ command, folder, binary, programs, asUser, environment }) {
    this.#home = join(folder, 'pm2');
    this.#command = [...asUser, command];
    this.#environment = { ...environment, PM2_HOME: this.#home, HOME: folder };
    this.#ecosystem = join(folder, 'ecosystem.json');
    const apps = programs.map(({ name, args, stdout, stderr }) => ({
      name,
      script: binary,
      args,
      interpreter: 'none',
      exec_mode: 'fork',
      out_file: stdout ?? '/dev/null',
      error_file: stderr ?? '/dev/null',
      merge_logs: true, // else the number of the app becomes part of the file name
      autorestart: true,
      max_restarts: 1_000_000,
      min_uptime: 0,
      kill_timeout: 60_000,
      vizion: false,
      pmx: false,
      cwd: folder,
    }));
    writeFileSync(this.#ecosystem, JSON.stringify({ apps }));
  }

  async start() {
    this.#starting = this.#isSaved ? this.#pm2('resurrect') : this.#firstStart();
    this.#starting.catch(() => {}); // `answers` reports it
  }

  async answers() {
    await this.#starting;
    await this.#pm2('jlist');
    return true;
  }

  async running() {
    const list = await this.#pm2('jlist');
    return JSON.parse(list.slice(list.indexOf('[')))
      .filter(({ pm2_env: { status } }) => status === 'online')
      .map(({ name, pid }) => ({ name, pid }));
  }

  async kill() {
    const pid = this.#pid();
    if (pid === undefined || !isAlive(pid)) return false;
    killPid(pid);
    await until(() => !isAlive(pid), COMMAND_MS, 1);
    await this.#starting.catch(() => {});
    return true;
  }

  async stop() {
    const pid = this.#pid();
    await this.#pm2('stop', 'all');
    await this.#pm2('kill');
    if (!(await until(() => !isAlive(pid), COMMAND_MS))) throw new Error('the daemon did not end after `pm2 kill`');
  }

  /** Its log names no pid, but the second: `wallMs`. */
  reports() {
    const text = readFileSync(join(this.#home, 'pm2.log'), 'utf8');
    return [
      ...text.matchAll(/^(\S+): PM2 log: App \[(.+):\d+\] exited with code \[(\d*)\] via signal \[(\w+)\]/gm),
    ].map(([, at, name, code, signal]) => ({
      name,
      wallMs: new Date(at).getTime(),
      // Without a signal, pm2 says SIGINT.
      status: signal === 'SIGINT' ? `exit ${code}` : (signalName(signal) ?? 'unknown'),
    }));
  }

  async #firstStart() {
    await this.#pm2('start', this.#ecosystem);
    await this.#pm2('save');
    this.#isSaved = true;
  }

  #pid() {
    const file = join(this.#home, 'pm2.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  }

  async #pm2(...words) {
    const [file, ...args] = [...this.#command, ...words];
    const { stdout } = await run(file, args, { env: this.#environment, timeout: COMMAND_MS, maxBuffer: 2 ** 28 });
    return stdout;
  }
}
