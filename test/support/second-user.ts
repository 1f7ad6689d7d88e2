import { readFileSync } from 'node:fs';
import { isMissing } from './peers.ts';

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
  const users = `root and the users ${NAMES.join(' and ')} (docs/contributing.md says how to add them)`;
  isMissing(users, false, 'no identity is switched');
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
