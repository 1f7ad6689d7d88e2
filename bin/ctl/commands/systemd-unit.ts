import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOptions } from '../../../core/index.ts';
import {
  isNative,
  loadConfiguration,
  printProblem,
  supervisordOptions,
  type Loaded,
} from '../../../plugins/config/index.ts';
import { serversOf } from '../../../plugins/http/index.ts';
import { standardPlugins } from '../../../plugins/standard.ts';
import { systemdUnit as unitOf } from '../../../plugins/systemd/index.ts';
import { UsageError } from '../command-line.ts';
import type { LocalCommand } from '../local-commands.ts';
import { readCtlSection } from '../settings.ts';

/** Prints a unit for this installation and this configuration. */
export const systemdUnit: LocalCommand = {
  name: 'systemd-unit',
  usage: [
    ['systemd-unit', 'print a unit for systemd that runs the daemon with this configuration'],
    ['systemd-unit --user', 'the same for a daemon of your own, for systemctl --user'],
  ],
  async run({ line, words, executable, stdout, stderr }) {
    const wrong = words.find((word) => word !== '--user');
    if (wrong !== undefined) throw new UsageError(`systemd-unit accepts --user, and not ${wrong}`);
    const loaded = await loadConfiguration({
      ...(line.configuration !== undefined && { file: line.configuration }),
      program: executable,
      plugins: standardPlugins,
    });
    for (const problem of loaded.problems) stderr.write(`Error: ${printProblem(problem)}\n`);
    if (loaded.problems.length > 0) return 2;
    // The launchers, wherever links lead: those of npm go with the version of Node that made them.
    const home = dirname(dirname(realpathSync(executable)));
    stdout.write(
      unitOf({
        node: realpathSync(process.execPath),
        tsvd: join(home, 'tsvd'),
        tsvctl: join(home, 'tsvctl'),
        configuration: loaded.file,
        client: await clientOf(loaded),
        stopwaitsecs: Math.max(...loaded.config.groups.flatMap(({ processes }) => processes.map(stopwaitsecsOf)), 0),
        minfds: readOptions(loaded.config.sections['supervisord'] ?? {}, supervisordOptions).minfds,
        isForUser: words.includes('--user'),
      }),
    );
    return 0;
  },
};

function stopwaitsecsOf({ stopwaitsecs }: { readonly stopwaitsecs: number }): number {
  return stopwaitsecs;
}

/** By the file where that says how; else by the address of a server that asks for no password. */
async function clientOf({ file, config }: Loaded): Promise<readonly string[] | undefined> {
  const servers = serversOf(config.sections);
  if (servers.length === 0) return undefined;
  const isKnown = isNative(file) || (await readCtlSection(file).catch(() => undefined)) !== undefined;
  if (isKnown) return ['-c', file];
  const open = servers.find(({ type, password }) => type === 'unix' && password === undefined);
  return open?.type === 'unix' ? ['-s', `unix://${open.file}`] : undefined;
}
