import { FAULTS, faultOf } from '../../../plugins/control/client/index.ts';
import { namespec, useUtcOffset } from '../../../core/index.ts';
import { explain } from '../../../plugins/insight/journal/explanation.ts';
import type { Command } from '../command.ts';
import { adviseOnName, reportUnknown, selectProcesses, splitName } from '../process-names.ts';
import type { Session } from '../session.ts';

export const why: Command = {
  name: 'why',
  usage: [
    [
      'why NAME...',
      'explain the state of a process: how its last runs ended, who requested it, its last output, what to do',
    ],
    ['why GROUP:*', 'the same of every process of a group; all: of every process'],
    ['why -n COUNT NAME...', 'go back that many ends (default: 5)'],
    ['why --json NAME', 'the records of the journal as JSON'],
  ],
  completes: 'processes',
  hasJson: true,
  async run(session, words) {
    if (!(await session.isUp())) return;
    await loadTimeZone();
    const request = parse(words);
    if (request === undefined) return session.misuse('Error: why requires a process name', why);
    if (request.ends === undefined) return session.misuse('Error: -n requires a number from 1 to 200', why);
    const documents: unknown[] = [];
    for (const [index, name] of (await expand(session, request.names)).entries()) {
      if (index > 0 && !session.json) session.line('');
      documents.push(...(await explainProcess(session, name, request.ends)));
    }
    if (session.json) session.document(documents);
  },
};

/** The explanation contains local times. Without the system calls, Node's local time is used. */
async function loadTimeZone(): Promise<void> {
  try {
    const { loadPosix } = await import('../../../core/posix.ts');
    useUtcOffset(loadPosix().utcOffset);
  } catch {
    useUtcOffset();
  }
}

/** Records per run in the journal: its start and its end. */
const RECORDS_PER_RUN = 2;

/**
 * Expands groups and `all` to their processes. Other names are kept: the journal may know a process that no longer
 * exists.
 */
async function expand(session: Session, names: readonly string[]): Promise<readonly string[]> {
  const isPlain = (name: string): boolean => name !== 'all' && splitName(name).process !== undefined;
  if (names.every(isPlain)) return names;
  const all = await session.daemon.processes();
  const found: string[] = [];
  for (const name of names) {
    if (isPlain(name)) {
      found.push(name);
      continue;
    }
    const { infos, unknown } = selectProcesses(all, [name]);
    await reportUnknown(session, unknown, all);
    found.push(...infos.map(namespec));
  }
  return [...new Set(found)];
}

async function explainProcess(session: Session, name: string, ends: number): Promise<readonly unknown[]> {
  const records = await session.daemon.journal(name, ends * RECORDS_PER_RUN + 1).catch(async (error: unknown) => {
    const { code, text } = faultOf(error);
    if (code === FAULTS.BAD_NAME) return unknown(session, name);
    if (code === FAULTS.UNKNOWN_METHOD)
      session.fail(`${name}: ERROR (this daemon keeps no journal; tsvd with the plugin journal does)`);
    else if (code === FAULTS.FAILED) session.fail(`${name}: ERROR (${text.replace(/^FAILED: /, '')})`);
    else throw error;
    return undefined;
  });
  if (records === undefined) return [];
  const info = (await session.daemon.processes()).find(({ group, name: own }) => isCalled(name, group, own));
  const subject = { name, state: info?.statename, description: info?.description ?? '' };
  if (session.json) return [{ ...subject, records }];
  session.line(explain(subject, records, ends));
  return [];
}

async function unknown(session: Session, name: string): Promise<undefined> {
  session.fail(`${name}: ERROR (no such process)`);
  await adviseOnName(session, name);
  return undefined;
}

function isCalled(given: string, group: string, name: string): boolean {
  return given === `${group}:${name}` || (given === name && group === name);
}

/** `-n COUNT` may stand anywhere. `ends` is absent if it is not a number. */
function parse(words: readonly string[]): { names: readonly string[]; ends: number | undefined } | undefined {
  const at = words.findIndex((word) => word.startsWith('-n'));
  const isApart = words[at] === '-n';
  const given = at === -1 ? '5' : isApart ? words[at + 1] : words[at]?.slice(2);
  const names = at === -1 ? words : words.toSpliced(at, isApart ? 2 : 1);
  const ends = /^\d{1,3}$/.test(given ?? '') ? Number(given) : 0;
  if (names.length === 0) return undefined;
  return { names, ends: ends >= 1 && ends <= 200 ? ends : undefined };
}
