import { FAULTS } from '../../plugins/control/client/index.ts';
import { nearest } from '../../plugins/config/options/nearest.ts';
import type { Session } from './session.ts';

/**
 * The update of a daemon that only handles whole groups, a real supervisord: each changed group is removed and added
 * again.
 */
export async function updateByGroup(session: Session, names: readonly string[]): Promise<void> {
  const [added, changed, removed] = await session.daemon.reread();
  const wanted = new Set(names);
  if (wanted.size > 0) await knownOf(session, [...wanted], added);
  const isWanted = (group: string): boolean => wanted.size === 0 || wanted.has(group);
  for (const group of removed.filter(isWanted)) await removeGroup(session, group);
  for (const group of changed.filter(isWanted)) await replaceGroup(session, group);
  for (const group of added.filter(isWanted)) {
    await session.daemon.addGroup(group);
    session.line(`${group}: added process group`);
  }
}

/**
 * The given groups that are or will be in use. An unknown name is reported; the changes of the others are still
 * applied.
 */
export async function knownOf(
  session: Session,
  groups: readonly string[],
  added: readonly string[],
): Promise<readonly string[]> {
  const infos = await session.daemon.processes();
  const known = new Set([...infos.map(({ group }) => group), ...added]);
  for (const group of groups) {
    if (known.has(group)) continue;
    session.fail(`ERROR: no such group: ${group}`);
    const meant = nearest(group, known);
    if (meant !== undefined) session.advise(`Did you mean ${meant}?`);
  }
  return groups.filter((group) => known.has(group));
}

async function removeGroup(session: Session, group: string): Promise<void> {
  const results = await session.daemon.stopGroup(group);
  session.line(`${group}: stopped`);
  if (results.some(({ status }) => status === FAULTS.FAILED)) {
    return session.fail(`${group}: has problems; not removing`);
  }
  await session.daemon.removeGroup(group);
  session.line(`${group}: removed process group`);
}

async function replaceGroup(session: Session, group: string): Promise<void> {
  await session.daemon.stopGroup(group);
  session.line(`${group}: stopped`);
  await session.daemon.removeGroup(group);
  await session.daemon.addGroup(group);
  session.line(`${group}: updated process group`);
}
