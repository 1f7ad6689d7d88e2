import { FAULTS } from '../../../plugins/rpc/client.ts';
import type { Command } from '../command.ts';
import type { Changes } from '../daemon.ts';
import { faultOf } from '../fault-text.ts';
import type { Session } from '../session.ts';

export const update: Command = {
  name: 'update',
  usage: [
    ['update', 'read the configuration again and apply it: groups are added, removed, or restarted if they changed'],
    ['update GROUP...', 'apply only the changes of these groups'],
  ],
  completes: 'groups',
  async run(session, names) {
    const changes = await reread(session);
    if (changes === undefined) return;
    const [added, changed, removed] = changes;
    const wanted = new Set(names.includes('all') ? [] : names);
    if (wanted.size > 0) await checkNames(session, wanted, added);
    const isWanted = (group: string): boolean => wanted.size === 0 || wanted.has(group);
    for (const group of removed.filter(isWanted)) await removeGroup(session, group);
    for (const group of changed.filter(isWanted)) await replaceGroup(session, group);
    for (const group of added.filter(isWanted)) {
      await session.daemon.addGroup(group);
      session.line(`${group}: added process group`);
    }
  },
};

async function reread(session: Session): Promise<Changes | undefined> {
  try {
    return await session.daemon.reread();
  } catch (error) {
    if (faultOf(error).code !== FAULTS.SHUTDOWN_STATE) throw error;
    session.fail('ERROR: already shutting down');
    return undefined;
  }
}

/** An unknown name is reported; the changes of the others are applied all the same. */
async function checkNames(session: Session, wanted: ReadonlySet<string>, added: readonly string[]): Promise<void> {
  const infos = await session.daemon.processes();
  const known = new Set([...infos.map(({ group }) => group), ...added]);
  for (const group of wanted) {
    if (!known.has(group)) session.fail(`ERROR: no such group: ${group}`);
  }
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
