import type { UserIdentity } from '../../core/index.ts';

/**
 * Becomes the user of `[supervisord] user`, for good, before anything is opened. Returns what the log is to say.
 * Supervisor: options.py set_uid_or_exit.
 * @throws Error when the daemon may not.
 */
export function becomeUser(user: UserIdentity | undefined): { level: 'INFO' | 'CRIT'; text: string } | undefined {
  const own = process.getuid?.();
  if (user === undefined) {
    if (own !== 0) return undefined;
    return {
      level: 'CRIT',
      text:
        'Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.' +
        '  If you intend to run as root, you can set user=root in the config file to avoid this message.',
    };
  }
  if (user.uid !== own) {
    if (own !== 0) throw new Error(`cannot run as user ${user.name}: only root may become somebody else`);
    process.setgroups?.([...user.groups]);
    process.setgid?.(user.gid);
    process.setuid?.(user.uid);
  }
  return { level: 'INFO', text: `Set uid to user ${user.uid} succeeded` };
}
