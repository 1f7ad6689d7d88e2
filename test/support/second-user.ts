import { readFileSync } from 'node:fs';

/** A real user of this machine who is not root, and has a supplementary group of its own. */
export interface SecondUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** The supplementary group, beside the primary one. */
  readonly group: { readonly name: string; readonly gid: number };
}

/** Two users whom `.ci/run` adds; see docs/contributing.md. */
const NAMES = ['tsvtest1', 'tsvtest2'] as const;

/**
 * The two users for tests that attack or switch identities. `undefined` where this process is not root or the users do not
 * exist: skip the test then. In CI their absence is an error.
 */
export function secondUsers(): readonly [SecondUser, SecondUser] | undefined {
  const [one, two] = NAMES.map(find);
  if (process.getuid?.() === 0 && one !== undefined && two !== undefined) return [one, two];
  if (process.env['CI'] !== undefined) throw new Error(`CI has to run as root, with the users ${NAMES.join(', ')}`);
  console.warn(`skipped: needs root and the users ${NAMES.join(', ')} (docs/contributing.md says how to add them)`);
  return undefined;
}

function find(name: string): SecondUser | undefined {
  const [, uid, gid] = /^[^:]*:[^:]*:(\d+):(\d+):/.exec(lineOf('/etc/passwd', name) ?? '') ?? [];
  const [, groupGid] = /^[^:]*:[^:]*:(\d+):/.exec(lineOf('/etc/group', `${name}x`) ?? '') ?? [];
  if (uid === undefined || gid === undefined || groupGid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), group: { name: `${name}x`, gid: Number(groupGid) } };
}

function lineOf(file: string, name: string): string | undefined {
  return readFileSync(file, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`));
}
