import { readFile, writeFile } from 'node:fs/promises';
import type { Session } from './session.ts';

/** Shows the status, then runs lines until `quit`, the end of the input or Ctrl-C. */
export async function runShell(session: Session, prompt: string): Promise<void> {
  await session.terminal.interruptible(async (interrupted) => {
    const stopped = new Promise<'quit'>((resolve) => {
      interrupted.addEventListener('abort', () => resolve('quit'), { once: true });
    });
    let line: string | undefined = 'status';
    while ((await Promise.race([session.run(line), stopped])) !== 'quit') {
      const next: string | undefined = await Promise.race([session.terminal.ask(`${prompt}> `), stopped]);
      if (interrupted.aborted) break;
      line = next ?? 'EOF';
    }
    if (interrupted.aborted) session.line('');
  });
}

/** A history that is missing or cannot be read is an empty one. */
export async function readHistory(file: string | undefined): Promise<readonly string[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/**
 * A history that cannot be written is dropped silently, as in supervisorctl. It never contains passwords, but it
 * contains names.
 */
export async function writeHistory(file: string | undefined, lines: readonly string[]): Promise<void> {
  if (file === undefined) return;
  const text = lines.map((line) => `${line}\n`).join('');
  await writeFile(file, text, { mode: 0o600 }).catch(() => undefined);
}
