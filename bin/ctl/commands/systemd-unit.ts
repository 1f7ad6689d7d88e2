import { UsageError } from '../command-line.ts';
import type { LocalCommand } from '../local-commands.ts';

/** Prints a unit for this installation and this configuration. */
export const systemdUnit: LocalCommand = {
  name: 'systemd-unit',
  usage: [
    ['systemd-unit', 'print a unit for systemd that runs the daemon with this configuration'],
    ['systemd-unit --user', 'the same for a daemon of your own, for systemctl --user'],
  ],
  flags: { '--user': 'for systemctl --user' },
  async run({ line, words, executable, stdout, stderr }) {
    const wrong = words.find((word) => word !== '--user');
    if (wrong !== undefined) throw new UsageError(`systemd-unit accepts --user, and not ${wrong}`);
    // Imported here: reading a configuration loads all of its plugins, and most commands need none.
    const { printUnit } = await import('../print-unit.ts');
    const { configuration } = line;
    return await printUnit({ configuration, executable, isForUser: words.includes('--user'), stdout, stderr });
  },
};
