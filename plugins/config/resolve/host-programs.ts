import { predictFailure, type ProcessConfig, type UserIdentity } from '../../../core/index.ts';
import type { Section } from '../document.ts';
import { placeOf, showValue } from '../problem.ts';
import type { Problem } from '../problem.ts';

/** A program's section, with the processes that it makes in one group. */
export interface HostProgram {
  readonly section: Section;
  readonly group: string;
  readonly processes: readonly ProcessConfig[];
}

/**
 * What this machine lacks for programs to start, besides what `checkHost` finds: commands, working directories, permissions of users. The
 * daemon starts without them, as they may come into being later.
 */
export function checkPrograms(
  programs: readonly HostProgram[],
  env: Readonly<Record<string, string | undefined>>,
  /** Whom the daemon becomes. */
  daemonUser?: UserIdentity,
): readonly Problem[] {
  const problems = programs.flatMap(({ section, group, processes }) =>
    processes.flatMap((process) => {
      const failure = predictFailure({ ...process, user: process.user ?? daemonUser }, group, { env });
      return failure === undefined ? [] : [problemOf(section, failure.option, failure.message)];
    }),
  );
  // Processes of one program mostly fail alike.
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function problemOf(section: Section, option: string, message: string): Problem {
  const entry = section.options.get(option);
  return {
    severity: 'error',
    kind: 'host',
    ...placeOf(entry?.at ?? section.at),
    section: section.title,
    option,
    ...(entry !== undefined && { value: showValue(entry.value) }),
    message,
  };
}
