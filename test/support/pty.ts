import { spawn, type ChildProcess } from 'node:child_process';
import { until } from './wait.ts';

/** Python's standard library has terminals, Node's has none. It passes on what comes, and ends with the exit code. */
const RELAY = `
import fcntl, os, pty, struct, sys, termios
def read(fd):
    return os.read(fd, 65536)
rows, columns = int(sys.argv[1]), int(sys.argv[2])
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
import select
ends = [0, master]
while master in ends:
    for fd in select.select(ends, [], [])[0]:
        try:
            data = read(fd)
        except OSError:
            data = b''
        if not data:
            ends.remove(fd)
        elif fd == master:
            os.write(1, data)
        else:
            os.write(master, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
`;

export interface PtyOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly rows?: number;
  readonly columns?: number;
}

/** A command at a terminal, and a person who types. Dispose of it: the command ends. */
export class Pty {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #output = '';
  #seen = 0;

  constructor(command: readonly string[], { cwd, env = {}, rows = 24, columns = 100 }: PtyOptions = {}) {
    this.#child = spawn('python3', ['-c', RELAY, String(rows), String(columns), ...command], {
      cwd,
      env: { ...process.env, TERM: 'xterm', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.stdin?.on('error', () => undefined); // it has ended
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  get output(): string {
    return this.#output;
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until the screen shows this, after what was waited for before; what came until then. */
  async shows(pattern: RegExp): Promise<string> {
    const look = (): RegExpExecArray | null => pattern.exec(this.#output.slice(this.#seen));
    const found = await until(`${pattern} on the screen`, look).catch((cause: unknown) => {
      throw new Error(`no ${pattern}; the screen shows:\n${JSON.stringify(this.#output.slice(this.#seen))}`, { cause });
    });
    if (found === null) return '';
    const text = this.#output.slice(this.#seen, this.#seen + found.index + found[0].length);
    this.#seen += found.index + found[0].length;
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
