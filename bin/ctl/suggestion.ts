import { type ProcessInfo } from '../../plugins/control/client/index.ts';
import { nearest } from '../../plugins/config/options/nearest.ts';
import { joinName, splitName } from './process-names.ts';
import type { Session } from './session.ts';

/** The probably intended name for an unknown one, as the commands take it. */
function suggestName(given: string, infos: readonly ProcessInfo[]): string | undefined {
  const { group, process } = splitName(given);
  const groups = new Set(infos.map((info) => info.group));
  if (process !== undefined && given === group && groups.has(group)) return `${group}:*`;
  const elsewhere = infos.filter((info) => info.name === (process ?? group)).map(joinName);
  if (elsewhere.length === 1) return elsewhere[0];
  if (elsewhere.length > 1) return `one of ${elsewhere.slice(0, SHOWN).join(', ')}`;
  if (process === undefined) return nearestGroup(group, groups);
  return nearest(given, infos.map(joinName)) ?? nearestGroup(given, groups);
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
