import type { Command } from '../command.ts';
import type { ProcessInfo } from '../daemon.ts';
import { EXIT } from '../exit-status.ts';
import { joinName, splitName } from '../names.ts';
import type { Session } from '../session.ts';

export const status: Command = {
  name: 'status',
  usage: [
    ['status', 'show every process'],
    ['status NAME...', 'show these processes'],
    ['status GROUP:*', 'show the processes of a group'],
    ['status --json', 'the same as a JSON list'],
  ],
  notes: ['Exit code: 0 when all shown are up, 3 when one is not, 4 for an unknown name or when no daemon answers.'],
  completes: 'processes',
  hasJson: true,
  run: showStatus,
};

/** Also what `open` and a new shell show first. */
export async function showStatus(session: Session, names: readonly string[]): Promise<void> {
  if (!(await session.isUp())) {
    session.exitStatus = EXIT.statusUnknown;
    return;
  }
  const all = await session.daemon.processes();
  const shown = names.length === 0 || names.includes('all') ? all : names.flatMap((name) => find(session, all, name));
  if (session.json) session.document(shown);
  else printTable(session, shown);
  if (shown.some(({ state }) => STOPPED_STATES.has(state))) session.exitStatus = EXIT.statusNotRunning;
}

function find(session: Session, all: readonly ProcessInfo[], name: string): readonly ProcessInfo[] {
  const { group, process } = splitName(name);
  const found = all.filter((info) => info.group === group && (process === undefined || info.name === process));
  if (found.length > 0) return found;
  const problem = process === undefined ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`;
  session.fail(problem, EXIT.statusUnknown);
  return [];
}

function printTable(session: Session, infos: readonly ProcessInfo[]): void {
  const width = Math.max(30, ...infos.map((info) => joinName(info).length)) + 3;
  for (const info of infos) {
    const state = paint(info.statename, info.statename.padEnd(10), session.terminal.isForPeople);
    session.line(joinName(info).padEnd(width) + state + info.description);
  }
}

/** STOPPED, EXITED, FATAL, UNKNOWN. */
const STOPPED_STATES: ReadonlySet<number> = new Set([0, 100, 200, 1000]);

/** Colours of the terminal's own palette, which its owner has made readable. */
const COLOURS: Readonly<Record<string, number>> = {
  RUNNING: 32,
  STARTING: 33,
  BACKOFF: 33,
  STOPPING: 33,
  FATAL: 31,
  UNKNOWN: 31,
};

function paint(state: string, text: string, isForPeople: boolean): string {
  const colour = COLOURS[state];
  return colour === undefined || !isForPeople || process.env.NO_COLOR ? text : `\u001b[${colour}m${text}\u001b[0m`;
}
