import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { numberOfSignal } from '../../../core/index.ts';
import type { CoreDump } from './record.ts';

/** Signals that cause a core dump by default: signal(7). */
const DUMPING: ReadonlySet<string> = new Set([
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
]);

/** A child that was killed by a signal. */
export interface Crash {
  readonly pid: number;
  readonly signal: NodeJS.Signals;
  /** The directory where it was started; it may have changed it since. */
  readonly cwd: string;
  /** Wall time in milliseconds. */
  readonly endedAt: number;
  /** What the kernel said of it; left out where nobody asked (reduced mode). */
  readonly isDumped?: boolean;
}

/** The kernel writes the image before it reports the exit, so the file is hardly older than this. */
const FRESH_MS = 5_000;

/**
 * Finds the core dump of a child. The kernel says whether it wrote one, but not where. So this checks where
 * `kernel.core_pattern` puts core dumps: a file with the name that the child's would have, last written at the time of
 * its exit, is its core dump. `undefined`: this signal causes none.
 */
export function findCoreDump(crash: Crash, proc = '/proc'): CoreDump | undefined {
  if (!DUMPING.has(crash.signal)) return undefined;
  const pattern = read(join(proc, 'sys/kernel/core_pattern'))?.trimEnd();
  if (pattern === undefined) return undefined; // not Linux
  if (crash.isDumped === false) return { kind: 'notFound', reason: `the kernel wrote none${limitHint(proc)}` };
  if (pattern.startsWith('|')) return { kind: 'handler', command: pattern.slice(1).split(' ')[0] ?? '' };
  const addsPid = read(join(proc, 'sys/kernel/core_uses_pid'))?.trim() === '1' && !pattern.includes('%p');
  const template = resolve(crash.cwd, pattern) + (addsPid ? '.%p' : '');
  const found = findFile(template, crash);
  if (found !== undefined) return found;
  return {
    kind: 'notFound',
    reason: `there is no ${expand(template, crash, (letter) => `%${letter}`)}${limitHint(proc)}`,
  };
}

/** The most frequent reason that there is none. A program inherits the limit of the daemon. */
function limitHint(proc: string): string {
  const isLimited = /^Max core file size\s+0\s/m.test(read(join(proc, 'self/limits')) ?? '');
  return isLimited ? '; core files are limited to 0 bytes here (ulimit -c)' : '';
}

function findFile(template: string, crash: Crash): CoreDump | undefined {
  const folder = dirname(template);
  // Folders in the pattern that contain specifiers are not searched.
  const name = new RegExp(`^${expandToRegExp(template.slice(folder.length + 1), crash)}$`);
  for (const candidate of list(expand(folder, crash, () => ''))) {
    if (!name.test(candidate)) continue;
    const path = join(
      expand(folder, crash, () => ''),
      candidate,
    );
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() === true && stat.mtimeMs >= crash.endedAt - FRESH_MS)
      return { kind: 'file', path, bytes: stat.size };
  }
  return undefined;
}

/** Expands the specifiers of core(5) whose values are known here; `other` handles the rest. */
function expand(template: string, { pid, signal }: Crash, other: (letter: string) => string): string {
  const known: Readonly<Record<string, string>> = {
    '%': '%',
    p: String(pid),
    P: String(pid),
    s: String(numberOfSignal(signal)),
    h: hostname(),
  };
  return template.replaceAll(/%(.)/g, (_, letter: string) => known[letter] ?? other(letter));
}

function expandToRegExp(template: string, crash: Crash): string {
  // Escaped piece by piece, because an unknown specifier is replaced by a pattern.
  return template
    .split(/(%.)/)
    .map((piece) => (/^%.$/.test(piece) ? expand(piece, crash, () => '\0') : piece))
    .map((piece) => (piece === '\0' ? '.*' : piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)))
    .join('');
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
