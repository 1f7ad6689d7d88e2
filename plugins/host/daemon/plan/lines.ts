import type { DescribedChange, DescribedEntry, DescribedPlan, EntryKind } from '../../../control/index.ts';

/** A plan as text: one line per change, its options below it, and the number of unchanged processes. */
export function planLines(plan: DescribedPlan): string[] {
  const empty = [...plan.added, ...plan.changed, ...plan.removed].filter(
    (name) => !plan.entries.some(({ group }) => group === name),
  );
  if (plan.entries.length + empty.length === 0) return ['No changes'];
  const count = plan.unchanged;
  return [
    ...plan.entries.flatMap((entry) => [`${nameOf(entry)}: ${WILL[entry.kind]}`, ...changeLines(entry)]),
    ...empty.map((name) => `${name} (group): ${stateOf(name, plan)}`),
    `${count} ${count === 1 ? 'process stays as it is' : 'processes stay as they are'}`,
  ];
}

/** The result of one entry, below the line of its group. */
export function doneLines(entry: DescribedEntry): string[] {
  if (entry.kind === 'daemon') return [`daemon: ${WILL.daemon}`, ...changeLines(entry)];
  const done = entry.ok === false ? `left as it was: ${entry.reason}` : DONE[entry.kind];
  return [`  ${nameOf(entry)}: ${done}`, ...changeLines(entry)];
}

/** The options of an entry, indented. */
function changeLines({ changes }: DescribedEntry): string[] {
  return changes.map((change) => `    ${changeText(change)}`);
}

/** `stopsignal: TERM → QUIT`; for a secret option, only that it changed. */
function changeText({ section, option, from, to, isSecret }: DescribedChange): string {
  const name = section === undefined ? option : `[${section}] ${option}`;
  if (!isSecret && (from ?? to) !== undefined) return `${name}: ${from ?? NOT_SET} → ${to ?? NOT_SET}`;
  if (isSecret && from === undefined) return `${name}: added (its value is not shown)`;
  if (isSecret && to === undefined) return `${name}: removed`;
  return isSecret ? `${name}: changed (its value is not shown)` : `${name}: changed`;
}

const NOT_SET = '(not set)';

const WILL: Readonly<Record<EntryKind, string>> = {
  add: 'to be added',
  remove: 'to be stopped and removed',
  restart: 'to be restarted',
  start: 'changes at its next start',
  live: 'changes at once, without a restart',
  group: 'changes at once, without a restart',
  daemon: 'not changed by an update; takes a restart of the daemon (tsvctl reload)',
};

const DONE: Readonly<Record<Exclude<EntryKind, 'daemon'>, string>> = {
  add: 'added',
  remove: 'stopped and removed',
  restart: 'restarted',
  start: 'changes at its next start',
  live: 'changed without a restart',
  group: 'changed without a restart',
};

function nameOf({ kind, group, name }: DescribedEntry): string {
  if (kind === 'daemon') return 'daemon';
  if (kind === 'group' || group === undefined || name === undefined) return `${group ?? ''} (group)`;
  return group === name ? name : `${group}:${name}`;
}

/** Of a group without processes. */
function stateOf(name: string, { added, removed }: DescribedPlan): string {
  if (added.includes(name)) return 'to be added';
  return removed.includes(name) ? 'to be removed' : 'changes at once, without a restart';
}
