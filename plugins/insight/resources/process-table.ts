import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One row of the table: the content of `/proc/<pid>/stat`. */
export interface Entry {
  readonly pid: number;
  readonly parent: number;
  /** The leader of its session. Each child of the daemon leads one. */
  readonly session: number;
  /** Its own processor time, and that of exited children that it waited for. */
  readonly ticks: number;
  readonly residentPages: number;
}

/** The kernel writes at most about 350 bytes: 52 numbers and a name of up to 64. */
const buffer = Buffer.allocUnsafe(4096);

/** Every process of the machine, read in one pass; `undefined` if the system has no `/proc`. */
export function readProcessTable(proc = '/proc'): Entry[] | undefined {
  let names: string[];
  try {
    names = readdirSync(proc);
  } catch {
    return undefined;
  }
  const entries: Entry[] = [];
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    const line = readStat(join(proc, name, 'stat'));
    const entry = line === undefined ? undefined : parseStat(line);
    if (entry !== undefined) entries.push(entry);
  }
  return entries.length === 0 ? undefined : entries;
}

/** The number of open descriptors of a process; `undefined` if they may not be read. */
export function countOpenFiles(pid: number, proc = '/proc'): number | undefined {
  const folder = join(proc, String(pid), 'fd');
  try {
    // Since Linux 6.2 the size of the folder is the number, so a program with 100,000 connections costs no more.
    const { size } = statSync(folder);
    return size > 0 ? size : readdirSync(folder).length;
  } catch {
    return undefined;
  }
}

/** The name in parentheses may contain anything, blanks and parentheses included; the values follow the last one. */
export function parseStat(line: string): Entry | undefined {
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]); // as proc(5) numbers them; these begin with 3
  const entry = {
    pid: Number.parseInt(line, 10),
    parent: field(4),
    session: field(6),
    ticks: field(14) + field(15) + field(16) + field(17),
    residentPages: field(24),
  };
  return end !== -1 && Object.values(entry).every(Number.isFinite) ? entry : undefined;
}

/** `readFileSync` takes twice as long: it asks for a size that is always 0, and allocates. */
function readStat(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return undefined; // it has exited in the meantime
  }
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
