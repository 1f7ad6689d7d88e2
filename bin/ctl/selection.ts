import { type ProcessInfo } from '../../plugins/control/client/index.ts';
import { EXIT } from './exit-status.ts';
import { splitName } from './process-names.ts';
import type { Session } from './session.ts';
import { adviseOnName } from './suggestion.ts';

/** The processes that words name, in the order of the words; all for no words and for `all`. */
export function selectProcesses(
  all: readonly ProcessInfo[],
  names: readonly string[],
): { readonly infos: readonly ProcessInfo[]; readonly unknown: readonly string[] } {
  if (names.length === 0 || names.includes('all')) return { infos: all, unknown: [] };
  const found = names.map((name) => [name, matching(all, name)] as const);
  return {
    infos: found.flatMap(([, infos]) => infos),
    unknown: found.filter(([, infos]) => infos.length === 0).map(([name]) => name),
  };
}

function matching(all: readonly ProcessInfo[], name: string): readonly ProcessInfo[] {
  const { group, process } = splitName(name);
  return all.filter((info) => info.group === group && (process === undefined || info.name === process));
}

/** Reports each unknown name, and to people a suggestion. `all`: the existing processes. */
export async function reportUnknown(
  session: Session,
  names: readonly string[],
  all: readonly ProcessInfo[],
  exitStatus: number = EXIT.failure,
): Promise<void> {
  for (const name of names) {
    const { group, process } = splitName(name);
    const problem = process === undefined ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`;
    session.fail(problem, exitStatus);
    await adviseOnName(session, name, all);
  }
}
