import { checkHost, printConfiguration, printProblem, type Problem } from '../../plugins/config/index.ts';
import type { CommandLine } from './arguments.ts';
import { read } from './load.ts';

const WORDS = { error: 'Error', warning: 'Warning', hint: 'Hint' } as const satisfies Record<
  Problem['severity'],
  string
>;

/**
 * `--check`: every problem on stderr, then what could be better, the verdict on stdout. `--json` prints the configuration as it is understood, or
 * what is wrong with its form; what this host lacks is no fault of the form. Exit code 2 for a configuration that would
 * not run.
 */
export async function check(line: CommandLine): Promise<number> {
  const loaded = await read(line);
  if (line.json) {
    process.stdout.write(`${JSON.stringify(printConfiguration(loaded), null, 1)}\n`);
    return loaded.problems.length > 0 ? 2 : 0;
  }
  const failing = loaded.warnings
    .filter(({ fails }) => fails)
    .map((problem) => ({ ...problem, severity: 'error' as const }));
  const problems = [...loaded.problems, ...failing, ...checkHost(loaded)];
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
