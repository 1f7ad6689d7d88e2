// The programs that the daemon under test gets, and the folder that they share with the harness.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One in so many programs ends by itself, again and again. */
const ENDS_ONE_IN = 10;
const ENDS_MS = '1000-20000';

/**
 * A new folder with the compiled child, owned by the user of the daemon.
 * @returns {{ folder: string, binary: string }}
 */
export function prepareFolder(owner) {
  const folder = mkdtempSync(join(tmpdir(), 'tsv-kill-'));
  const binary = join(folder, 'child');
  execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-o', binary, fileURLToPath(new URL('child.c', import.meta.url))]);
  chmodSync(folder, 0o755);
  for (const part of ['.', 'records', 'locks', 'written', 'logs']) {
    mkdirSync(join(folder, part), { recursive: true });
    if (owner !== undefined) chownSync(join(folder, part), owner.uid, owner.gid);
  }
  return { folder, binary };
}

/** So many programs: name, arguments, and the two log files of those that write. */
export function choosePrograms({ children, loggers, lines, seed, random, folder, test }) {
  const width = String(children).length;
  const names = Array.from(
    { length: children },
    (_, index) => `${index < loggers ? 'log' : 'idle'}${String(index + 1).padStart(width, '0')}`,
  );
  const ending = new Set(random.some(names, Math.ceil(children / ENDS_ONE_IN)));
  return names.map((name, index) => {
    const writes = index < loggers;
    const ends = ending.has(name);
    return {
      name,
      writes,
      ends,
      stdout: writes ? join(folder, 'logs', `${name}.out`) : undefined,
      stderr: writes ? join(folder, 'logs', `${name}.err`) : undefined,
      args: [
        `--name=${name}`,
        `--test=${test}`,
        `--folder=${folder}`,
        `--seed=${seed * 100_000 + index}`,
        ...(writes ? [`--lines=${lines}`] : []),
        ...(ends ? [`--ends=${ENDS_MS}`] : []),
      ],
    };
  });
}
