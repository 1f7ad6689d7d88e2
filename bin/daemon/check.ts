import { readOptions } from '../../core/index.ts';
import {
  checkHost,
  checkPrograms,
  printConfiguration,
  printProblem,
  supervisordOptions,
  type Loaded,
  type Problem,
} from '../../plugins/config/index.ts';
import { programEnvironment } from '../environment.ts';
import type { CommandLine } from './arguments.ts';
import { limitFaults } from './limits.ts';
import { read } from './load.ts';
import { systemCalls } from './system-calls.ts';
import { STATE_MARK } from './upgrade.ts';
import { readState } from '../../plugins/host/persist/index.ts';

const WORDS = { error: 'Error', warning: 'Warning', hint: 'Hint' } as const satisfies Record<
  Problem['severity'],
  string
>;

/**
 * `--check`: prints every problem on stderr, then suggestions, and the verdict on stdout. `--json` prints the
 * configuration as understood, or its syntax errors; what this host lacks is not a syntax error. Exit code 2 for a
 * configuration that would not run. `--host` also checks what programs and limits need of this machine.
 */
export async function check(line: CommandLine): Promise<number> {
  const loaded = await read(line);
  if (line.json) {
    const lacking = line.host ? [...checkHost(loaded), ...(await lookAtMachine(loaded))] : [];
    const printed = { ...printConfiguration(loaded), ...(line.host && { host: lacking.map(printProblem) }) };
    process.stdout.write(`${JSON.stringify(printed, null, 1)}\n`);
    return loaded.problems.length + lacking.length > 0 ? 2 : 0;
  }
  const failing = loaded.warnings
    .filter(({ fails }) => fails)
    .map((problem) => ({ ...problem, severity: 'error' as const }));
  const machine = line.host ? await lookAtMachine(loaded) : [];
  const problems = [...loaded.problems, ...failing, ...checkHost(loaded), ...machine, ...checkState(loaded.file)];
  const warnings = loaded.warnings.filter(({ fails }) => !fails);
  for (const problem of [...problems, ...warnings, ...loaded.hints]) {
    process.stderr.write(`${WORDS[problem.severity]}: ${printProblem(problem)}\n`);
  }
  const count = loaded.config.groups.reduce((sum, group) => sum + group.processes.length, 0);
  process.stdout.write(
    problems.length === 0
      ? `${loaded.file}: ok, ${count} processes in ${loaded.config.groups.length} groups\n`
      : `${loaded.file}: ${problems.length} ${problems.length === 1 ? 'error' : 'errors'}\n`,
  );
  return problems.length > 0 ? 2 : 0;
}

/** For a daemon that wants to become this version: whether its state can be read. */
function checkState(file: string): Problem[] {
  const folder = process.env[STATE_MARK];
  const read = folder === undefined ? undefined : readState(folder);
  if (read?.kind !== 'refused') return [];
  return [{ severity: 'error', kind: 'host', file, message: `the state in ${folder} cannot be used: ${read.reason}` }];
}

/** What would fail on this host although the daemon starts, and limits that prevent the start. */
async function lookAtMachine(loaded: Loaded): Promise<Problem[]> {
  const { programs, user } = loaded;
  return [...(await lookAtLimits(loaded)), ...checkPrograms(programs, programEnvironment(), user)];
}

/** A daemon without the system calls sets no limits, and starts all the same. */
async function lookAtLimits({ config, file }: Loaded): Promise<Problem[]> {
  const { calls } = await systemCalls();
  if (calls === undefined) return [];
  const wanted = readOptions(config.sections['supervisord'] ?? {}, supervisordOptions);
  const about = { severity: 'error', kind: 'host', file, section: 'supervisord' } as const;
  return limitFaults(calls.posix, wanted).map((fault): Problem => ({ ...about, ...fault }));
}
