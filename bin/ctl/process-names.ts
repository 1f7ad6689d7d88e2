import { namespec } from '../../core/index.ts';
import { nearest } from '../../plugins/config/options/nearest.ts';
import { type ProcessInfo } from '../../plugins/control/client/index.ts';
import { EXIT } from './exit-status.ts';
import type { Session } from './session.ts';

/**
 * The meaning of a name on the command line: one process, or with `process: undefined` a whole group (`group:*`,
 * `group:`).
 */
export interface Target {
  readonly group: string;
  readonly process: string | undefined;
}

export function splitName(name: string): Target {
  const colon = name.indexOf(':');
  if (colon < 0) return { group: name, process: name };
  const process = name.slice(colon + 1);
  return { group: name.slice(0, colon), process: process === '' || process === '*' ? undefined : process };
}

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

/** The probably intended name for an unknown one, as the commands take it. */
function suggestName(given: string, infos: readonly ProcessInfo[]): string | undefined {
  const { group, process } = splitName(given);
  const groups = new Set(infos.map((info) => info.group));
  if (process !== undefined && given === group && groups.has(group)) return `${group}:*`;
  const elsewhere = infos.filter((info) => info.name === (process ?? group)).map(namespec);
  if (elsewhere.length === 1) return elsewhere[0];
  if (elsewhere.length > 1) return `one of ${elsewhere.slice(0, SHOWN).join(', ')}`;
  if (process === undefined) return nearestGroup(group, groups);
  return nearest(given, infos.map(namespec)) ?? nearestGroup(given, groups);
}

const SHOWN = 5;

function nearestGroup(given: string, groups: ReadonlySet<string>): string | undefined {
  const group = nearest(given, groups);
  return group === undefined ? undefined : `${group}:*`;
}

/** Suggests a name to people. `infos`: the processes, if already read. */
export async function adviseOnName(session: Session, given: string, infos?: readonly ProcessInfo[]): Promise<void> {
  if (!session.terminal.isForPeople) return;
  const meant = suggestName(given, infos ?? (await session.daemon.processes().catch(() => [])));
  if (meant !== undefined) session.advise(`Did you mean ${meant}? "status" lists the names.`);
}

/** If the daemon keeps a journal, as tsvd does: how to find out why a process does not run. */
export async function adviseWhy(session: Session, name: string): Promise<void> {
  if (!session.terminal.isForPeople) return;
  const records = await session.daemon.journal(name, 1).catch(() => []);
  if (records.length > 0) session.advise(`The reason: tsvctl why ${name}`);
}
