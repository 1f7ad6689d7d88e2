import { accessSync, constants, mkdirSync } from 'node:fs';
import { checkHost, printProblem, supervisordOptions, type Loaded, type Problem } from '../../plugins/config/index.ts';
import { readOptions, reasonOf, type SupervisorConfig } from '../../core/index.ts';
import { loadWithStandardPlugins } from '../../plugins/load-configuration.ts';
import { programEnvironment } from '../environment.ts';
import type { CommandLine } from './arguments.ts';

/** A refused configuration. The message has one problem per line. */
export class Refused extends Error {
  readonly #problems: readonly Problem[];
  readonly #warnings: readonly Problem[];

  constructor(problems: readonly Problem[], warnings: readonly Problem[]) {
    super(problems.map((problem) => printProblem(problem)).join('\n'));
    this.name = 'Refused';
    this.#problems = problems;
    this.#warnings = warnings;
  }

  /** For stderr: one line each, with the warnings, which often name the cause (`comand`, did you mean command?). */
  get report(): string {
    const errors = this.#problems.map((problem) => `Error: ${printProblem(problem)}\n`);
    const warnings = this.#warnings.map((warning) => `Warning: ${printProblem(warning)}\n`);
    return `${[...errors, ...warnings].join('')}For help, use tsvd -h\n`;
  }
}

/**
 * Reads the current configuration for this host.
 * @throws Refused with every problem, those of the host included.
 */
export async function load(line: CommandLine): Promise<Loaded> {
  const loaded = await read(line);
  const problems = [...loaded.problems, ...checkHost(loaded)];
  if (problems.length > 0) throw new Refused(problems, loaded.warnings);
  for (const folder of loaded.foldersToMake) makeOwnFolder(folder);
  return loaded;
}

/** Accessible to its owner only: the folder protects a socket in it. */
function makeOwnFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      `cannot use the directory ${folder} as user ${process.getuid?.()}: ${reasonOf(error)}; let HOME, XDG_STATE_HOME or` +
        ' XDG_RUNTIME_DIR name one that this user may write, or place supervisord.logfile, supervisord.pidfile,' +
        ' supervisord.childlogdir and unix_http_server.file in the configuration',
      { cause: error },
    );
  }
}

/** Reads the configuration without refusing it. */
export function read({ configuration, overrides, does }: CommandLine): Promise<Loaded> {
  return loadWithStandardPlugins({
    ...(configuration !== undefined && { file: configuration }),
    cwd: workingDirectory(),
    env: programEnvironment(),
    overrides,
    wantsHints: does === 'check',
    instead: 'a configuration may not end tsvd',
    keepsStdout: does === 'check',
  });
}

/** A removed working directory does not prevent the start, if no path is relative to it. */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/** The part of `[supervisord]` that the daemon itself carries out. */
export function settingsOf(config: SupervisorConfig) {
  return readOptions(config.sections['supervisord'] ?? {}, supervisordOptions);
}
