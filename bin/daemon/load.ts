import { checkHost, loadConfiguration, printProblem, type Loaded, type Problem } from '../../plugins/config/index.ts';
import { supervisordOptions } from '../../plugins/config/index.ts';
import { readOptions, type SupervisorConfig } from '../../core/index.ts';
import { standardPlugins } from '../../plugins/standard.ts';
import type { CommandLine } from './arguments.ts';

/** A configuration that cannot be run; the message is for stderr, whole. */
export class Refused extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => `Error: ${printProblem(problem)}\n`).join('') + 'For help, use tsvd -h\n');
    this.name = 'Refused';
    this.problems = problems;
  }
}

/**
 * Reads the configuration as it is now, for this host.
 * @throws Refused with every problem, the host's included.
 */
export async function load(line: CommandLine): Promise<Loaded> {
  const loaded = await read(line);
  const problems = [...loaded.problems, ...checkHost(loaded)];
  if (problems.length > 0) throw new Refused(problems);
  return loaded;
}

/** Reads the configuration and passes no judgement. */
export function read({ configuration, overrides }: CommandLine): Promise<Loaded> {
  return loadConfiguration({
    ...(configuration !== undefined && { file: configuration }),
    cwd: workingDirectory(),
    env: process.env,
    plugins: standardPlugins,
    overrides,
  });
}

/** One that was removed under the daemon is no reason not to start, if no path is relative to it. */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/** `[supervisord]`, as far as the daemon itself carries it out. */
export function settingsOf(config: SupervisorConfig) {
  return readOptions(config.sections['supervisord'] ?? {}, supervisordOptions);
}
