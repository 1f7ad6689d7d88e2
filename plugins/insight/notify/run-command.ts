import type { Delivered } from './delivery-queue.ts';

/** A program that gets a message on its stdin. */
export interface Run {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: string;
}

/** Runs it until it exits. When the signal aborts, it is killed with all of its children. */
export async function runCommand({ file, argv, env, input }: Run, signal: AbortSignal): Promise<Delivered> {
  const { spawn } = await import('node:child_process');
  const child = spawn(file, argv.slice(1), {
    argv0: argv[0] ?? file,
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // its own process group, to be killed as a whole
  });
  return await new Promise((resolve) => {
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // gone already
      }
    };
    signal.addEventListener('abort', kill, { once: true });
    const settle = (result: Delivered): void => {
      signal.removeEventListener('abort', kill);
      resolve(result);
    };
    child.on('error', (error) => settle({ kind: 'failed', reason: error.message }));
    child.on('exit', (code, by) => {
      if (code === 0) settle({ kind: 'delivered' });
      else settle({ kind: 'failed', reason: by === null ? `exit status ${code}` : `terminated by ${by}` });
    });
    child.stdin.on('error', () => undefined); // the program does not have to read its stdin
    child.stdin.end(input);
  });
}
