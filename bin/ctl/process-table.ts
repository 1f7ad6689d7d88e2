import { type ProcessInfo } from '../../plugins/control/client/index.ts';
import { namespec, visible } from '../../core/index.ts';
import { paint, type Colour } from './colour.ts';

/** The format of a process table. */
export interface TableStyle {
  readonly hasColour: boolean;
  /** The width of the terminal; `undefined` for a pipe, where lines are exactly Supervisor's. */
  readonly columns: number | undefined;
}

/** One line per process, with aligned columns. */
export function describeProcesses(
  given: readonly ProcessInfo[],
  { hasColour, columns }: TableStyle,
): readonly string[] {
  const infos = columns === undefined ? given : given.map(visibly);
  const longest = Math.max(0, ...infos.map((info) => namespec(info).length));
  const widest = Math.max(0, ...infos.map(({ description }) => description.length));
  // Supervisor's column of names is wide; a narrow terminal gets one that is just wide enough.
  const isTooNarrow = columns !== undefined && Math.max(30, longest) + 3 + STATE_WIDTH + widest > columns;
  const width = (isTooNarrow ? longest : Math.max(30, longest)) + 3;
  return infos.map((info) => {
    const padded = info.statename.padEnd(STATE_WIDTH);
    const colour = COLOURS[info.statename];
    const state = hasColour && colour !== undefined ? paint(padded, colour) : padded;
    return namespec(info).padEnd(width) + state + info.description;
  });
}

/** On a screen, text from a server must not start another row or use colours that look like ours. */
function visibly(info: ProcessInfo): ProcessInfo {
  const [group, name] = [visible(info.group), visible(info.name)];
  return { ...info, group, name, statename: visible(info.statename), description: visible(info.description) };
}

const STATE_WIDTH = 10;

const COLOURS: Readonly<Record<string, Colour>> = {
  RUNNING: 'green',
  STARTING: 'yellow',
  BACKOFF: 'yellow',
  STOPPING: 'yellow',
  FATAL: 'red',
  UNKNOWN: 'red',
};

/** Limits the visible characters; colours do not count. */
export function cutToWidth(line: string, columns: number): string {
  let visible = 0;
  let cut = '';
  for (const [piece] of line.matchAll(/\p{Cc}\[[\d;]*m|./gsu)) {
    const isColour = piece.startsWith('\u001b[');
    if (!isColour && visible === columns) continue;
    cut += piece;
    if (!isColour) visible += 1;
  }
  return cut;
}

/** Nothing runs or is about to start: STOPPED, EXITED, FATAL, UNKNOWN. */
export function isDown({ state }: ProcessInfo): boolean {
  return DOWN.has(state);
}

const DOWN: ReadonlySet<number> = new Set([0, 100, 200, 1000]);
