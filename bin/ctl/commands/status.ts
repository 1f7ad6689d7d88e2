import { namespec } from '../../../core/index.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { adviseWhy, reportUnknown, selectProcesses } from '../process-names.ts';
import { describeProcesses, isDown } from '../process-table.ts';
import type { Session } from '../session.ts';
import { watchStatus } from '../watch.ts';

export const status: Command = {
  name: 'status',
  usage: [
    ['status', 'show every process'],
    ['status NAME...', 'show these processes'],
    ['status GROUP:*', 'show the processes of a group'],
    ['status --watch [NAME...]', 'go on showing, until Ctrl-C; from a pipe, a line for every change'],
    ['status --json', 'the same as a JSON list; with --watch, one JSON document a line'],
  ],
  notes: ['Exit code: 0 when all shown are up, 3 when one is not, 4 for an unknown name or when no daemon answers.'],
  completes: 'processes',
  flags: { '--watch': 'go on showing, until Ctrl-C' },
  hasJson: true,
  async run(session, words) {
    if (!words.includes('--watch')) return await showStatus(session, words);
    const names = words.filter((word) => word !== '--watch');
    if (await isUp(session)) await watchStatus(session, names);
  },
};

/** Also what `open` and a new shell show first. */
export async function showStatus(session: Session, names: readonly string[]): Promise<void> {
  if (!(await isUp(session))) return;
  const all = await session.daemon.processes();
  const { infos, unknown } = selectProcesses(all, names);
  await reportUnknown(session, unknown, all, EXIT.statusUnknown);
  const { hasColour } = session.terminal;
  if (session.json) session.document(infos);
  else
    for (const line of describeProcesses(infos, { hasColour, columns: session.terminal.size()?.columns }))
      session.line(line);
  if (all.length === 0) session.advise('The daemon has no processes.');
  const failed = infos.find(({ statename }) => statename === 'FATAL' || statename === 'BACKOFF');
  if (failed !== undefined) await adviseWhy(session, namespec(failed));
  if (infos.some(isDown)) session.exitStatus = EXIT.statusNotRunning;
}

async function isUp(session: Session): Promise<boolean> {
  if (await session.isUp()) return true;
  session.exitStatus = EXIT.statusUnknown;
  return false;
}
