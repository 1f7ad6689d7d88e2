import koffi from 'koffi';
import type { UserIdentity } from '../config.ts';
import type { RunAs } from '../spawn/spawner.ts';
import type { Libc } from './libc.ts';

export interface IdentityCalls {
  /** Runs an action with the calling thread in another user's identity: all its groups, gid, uid; then comes back. */
  readonly runAs: RunAs;
}

export function identityCalls({ func, calls, syscall, check }: Libc): IdentityCalls {
  const setgroups = func('syscall', 'long', ['long', 'long', koffi.pointer('uint32_t')]);

  const become = ({ uid, gid, groups }: { uid: number; gid: number; groups: readonly number[] }): void => {
    check(setgroups(calls.setgroups, groups.length, Uint32Array.from(groups)), 'setgroups');
    check(syscall(calls.setresgid, gid, gid, -1), 'setresgid');
    check(syscall(calls.setresuid, uid, uid, -1), 'setresuid');
  };

  return { runAs: (identity, action) => runAs(identity, action) };

  /**
   * The saved ids stay the daemon's, which is the way back; an exec gives them up, so that a child has none of them.
   * Nothing of JavaScript but `action` runs meanwhile, and other threads keep their identity.
   */
  function runAs<Result>(identity: UserIdentity, action: () => Result): Result {
    const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, groups: process.getgroups?.() ?? [] };
    try {
      become(identity);
      return action();
    } finally {
      // In the reverse order: groups can only be set by root.
      check(syscall(calls.setresuid, own.uid, own.uid, -1), 'setresuid');
      check(syscall(calls.setresgid, own.gid, own.gid, -1), 'setresgid');
      check(setgroups(calls.setgroups, own.groups.length, Uint32Array.from(own.groups)), 'setgroups');
    }
  }
}
