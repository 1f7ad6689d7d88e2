import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOptions } from '../../core/index.ts';
import { isNative, printProblem, supervisordOptions, type Loaded } from '../../plugins/config/index.ts';
import { serversOf } from '../../plugins/control/http/index.ts';
import { systemdUnit as unitOf } from '../../plugins/host/systemd/index.ts';
import { readCtlSection } from '../../plugins/control/client/index.ts';
import { loadWithStandardPlugins } from '../../plugins/load-configuration.ts';
import { programEnvironment } from '../environment.ts';
import type { LocalCall } from './local-commands.ts';

export interface UnitRequest extends Pick<LocalCall, 'executable' | 'stdout' | 'stderr'> {
  /** The file, where one is given. */
  readonly configuration: string | undefined;
  readonly isForUser: boolean;
}

/** Prints a unit for systemd; settles with the exit code. */
export async function printUnit({
  configuration,
  executable,
  isForUser,
  stdout,
  stderr,
}: UnitRequest): Promise<number> {
  const loaded = await loadWithStandardPlugins({
    ...(configuration !== undefined && { file: configuration }),
    program: executable,
    env: programEnvironment(),
    instead: 'it is not for a configuration to end tsvctl',
    keepsStdout: true,
  });
  for (const problem of loaded.problems) stderr.write(`Error: ${printProblem(problem)}\n`);
  if (loaded.problems.length > 0) return 2;
  // The launchers, with links resolved: npm's launchers use the Node version that installed them.
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
      isForUser,
    }),
  );
  return 0;
}

function stopwaitsecsOf({ stopwaitsecs }: { readonly stopwaitsecs: number }): number {
  return stopwaitsecs;
}

/** By `-c FILE` if clients find the address in that file; else by the address of a server without a password. */
async function clientOf({ file, config }: Loaded): Promise<readonly string[] | undefined> {
  const servers = serversOf(config.sections);
  if (servers.length === 0) return undefined;
  const isKnown =
    isNative(file) || (await readCtlSection(file, programEnvironment()).catch(() => undefined)) !== undefined;
  if (isKnown) return ['-c', file];
  const open = servers.find(({ type, password }) => type === 'unix' && password === undefined);
  return open?.type === 'unix' ? ['-s', `unix://${open.file}`] : undefined;
}
