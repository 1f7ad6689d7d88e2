import type { UserIdentity } from '../../core/index.ts';

/**
 * Switches to the user of `[supervisord] user` permanently, before anything is opened. Returns the lines for the log.
 * Supervisor: options.py set_uid_or_exit.
 * @throws Error if the daemon may not.
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
