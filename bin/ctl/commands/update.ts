import { FAULTS, faultOf } from '../../../plugins/control/client/index.ts';
import type { DescribedEntry, DescribedPlan } from '../../../plugins/control/index.ts';
import { doneLines, planLines } from '../../../plugins/host/daemon/plan/lines.ts';
import type { Command } from '../command.ts';
import type { Session } from '../session.ts';
import { knownOf, updateByGroup } from '../update-by-group.ts';

export const update: Command = {
  name: 'update',
  usage: [
    [
      'update',
      'read the configuration again and apply it: what changed is added, removed, restarted or changed in place',
    ],
    ['update GROUP...', 'apply only the changes of these groups'],
    ['update --dry-run', 'show what would be done, and do nothing'],
    ['update --json', 'with or without --dry-run: the same as JSON'],
  ],
  notes: ['Of a real supervisord, groups that changed are restarted whole, and there is no --dry-run.'],
  completes: 'groups',
  hasJson: true,
  async run(session, words) {
    const names = words.filter((word) => word !== DRY_RUN);
    const unknown = names.find((word) => word.startsWith('-'));
    if (unknown !== undefined) return session.misuse(`Error: update has no option ${unknown}`, update);
    const wanted = names.includes('all') ? [] : names;
    try {
      if (words.includes(DRY_RUN)) return await show(session, wanted);
      await carryOut(session, wanted);
    } catch (error) {
      const { code } = faultOf(error);
      if (code === FAULTS.SHUTDOWN_STATE) return session.fail('ERROR: already shutting down');
      if (code !== FAULTS.UNKNOWN_METHOD) throw error;
      if (words.includes(DRY_RUN)) return session.fail(NO_DRY_RUN);
      await updateByGroup(session, wanted);
    }
  },
};

const DRY_RUN = '--dry-run';
const NO_DRY_RUN =
  'ERROR: this daemon cannot tell what an update would do; reread tells which groups changed, but the daemon takes note of ' +
  'the new configuration with it';

async function show(session: Session, groups: readonly string[]): Promise<void> {
  const whole = await session.daemon.planUpdate();
  if (groups.length > 0) await knownOf(session, groups, whole.added);
  const plan = groups.length > 0 ? partOf(whole, new Set(groups)) : whole;
  if (session.json) return session.document(plan);
  for (const line of planLines(plan)) session.line(line);
}

async function carryOut(session: Session, groups: readonly string[]): Promise<void> {
  const known = groups.length > 0 ? await knownOf(session, groups, (await session.daemon.planUpdate()).added) : [];
  if (groups.length > 0 && known.length === 0) return;
  const result = await session.daemon.update(known);
  if (session.json) session.document(result);
  else report(session, result);
  const failed = result.entries.filter(({ ok, kind }) => ok === false && kind !== 'daemon');
  for (const { group, name, reason } of failed) session.fail(`ERROR: ${group}:${name} is left as it was: ${reason}`);
}

/**
 * By group, in supervisorctl's words, since scripts read them; for people, followed by each process and its options.
 */
function report(session: Session, result: DescribedPlan): void {
  const { removed, changed, added, entries } = result;
  const of = (group: string): DescribedEntry[] => entries.filter((entry) => entry.group === group);
  for (const group of removed) {
    if (of(group).length > 0) session.line(`${group}: stopped`);
    if (of(group).some(({ ok }) => ok === false)) session.line(`${group}: has problems; not removing`);
    else session.line(`${group}: removed process group`);
  }
  for (const group of changed) {
    if (of(group).some(({ kind, ok }) => ok === true && STOPS.has(kind))) session.line(`${group}: stopped`);
    if (of(group).every(({ ok }) => ok !== false)) session.line(`${group}: updated process group`);
    if (session.terminal.isForPeople)
      for (const entry of of(group)) for (const line of doneLines(entry)) session.line(line);
  }
  for (const group of added) session.line(`${group}: added process group`);
  const daemon = entries.find(({ kind }) => kind === 'daemon');
  if (daemon !== undefined) for (const line of doneLines(daemon)) session.advise(line);
  if (removed.length + changed.length + added.length + entries.length === 0) session.advise('No changes');
}

const STOPS: ReadonlySet<DescribedEntry['kind']> = new Set(['remove', 'restart']);

function partOf(plan: DescribedPlan, groups: ReadonlySet<string>): DescribedPlan {
  const has = (name: string): boolean => groups.has(name);
  return {
    ...plan,
    added: plan.added.filter(has),
    changed: plan.changed.filter(has),
    removed: plan.removed.filter(has),
    entries: plan.entries.filter(({ group }) => group === undefined || has(group)),
  };
}
