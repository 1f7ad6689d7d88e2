// What /proc says about the processes of one test. A zombie has an empty command line and no environment, so it is never
// found here.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The environment variable by which every process of a test is found, helpers of the daemon included. */
export const MARKER = 'TSV_KILL_TEST';

/** Live children of a test: a list of pids for each name. */
export function childrenByName(binary, test) {
  const found = new Map();
  for (const pid of allPids()) {
    const name = childName(pid, binary, test);
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), pid]);
  }
  return found;
}

/**
 * Names with more than one live child, with the pids. Reading /proc takes time, in which one child may end and its
 * successor start: a pid only counts if it still is that child after all of them were seen.
 */
export function doubles(found, binary, test) {
  return [...found]
    .filter(([, pids]) => pids.length > 1)
    .map(([name, pids]) => [name, pids.filter((pid) => childName(pid, binary, test) === name)])
    .filter(([, pids]) => pids.length > 1);
}

/** The `--name=` of a live child of this test, or undefined. */
export function childName(pid, binary, test) {
  const [command, ...args] = read(`/proc/${pid}/cmdline`).split('\0');
  if (command !== binary || !args.includes(`--test=${test}`)) return undefined;
  return args.find((arg) => arg.startsWith('--name='))?.slice('--name='.length);
}

/** Every live process that this test has started, however indirectly. */
export function markedPids(test) {
  const variable = `${MARKER}=${test}\0`;
  return allPids().filter(
    (pid) =>
      read(`/proc/${pid}/environ`).includes(variable) || read(`/proc/${pid}/cmdline`).includes(`--test=${test}\0`),
  );
}

export function isAlive(pid) {
  const state = /\) (\S)/.exec(read(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** Sends SIGKILL to a process that may be gone. */
export function killPid(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Ends every process of a test, and returns their pids. Synchronous: it is the last act of the harness, also on a signal. It
 * looks again until it finds nothing, because a daemon may spawn while it is being killed.
 */
export function endAll(test) {
  const ended = new Set();
  for (let look = 0; look < 200; look += 1) {
    const pids = markedPids(test);
    if (pids.length === 0) break;
    for (const pid of pids) {
      ended.add(pid);
      killPid(pid);
    }
  }
  return [...ended];
}

/** Waits until `look` returns something other than false or undefined, and returns that; undefined if the time is over. */
export async function until(look, timeoutMs, pollMs = 10) {
  for (const deadline = performance.now() + timeoutMs; ;) {
    const answer = await look();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) return undefined;
    await sleep(pollMs);
  }
}

function allPids() {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** The content, or nothing where the process is gone or belongs to somebody else. */
function read(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
