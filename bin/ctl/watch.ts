import { type ProcessInfo } from '../../plugins/control/client/index.ts';
import { namespec, visible } from '../../core/index.ts';
import { EXIT } from './exit-status.ts';
import { describeError } from './fault-text.ts';
import { reportUnknown, selectProcesses } from './process-names.ts';
import { ChangeSignal } from './change-signal.ts';
import { cutToWidth, describeProcesses, isDown } from './process-table.ts';
import type { Session } from './session.ts';

/** How the processes are displayed. */
interface View {
  show(infos: readonly ProcessInfo[]): void;
  lost(why: string): void;
  end(): void;
}

/** Shows processes until Ctrl-C: people get a live screen, a pipe gets a line for every change. */
export async function watchStatus(session: Session, names: readonly string[]): Promise<void> {
  const isScreen = session.terminal.isForPeople && !session.json;
  const all = await session.daemon.processes();
  const { infos, unknown } = selectProcesses(all, names);
  await reportUnknown(session, unknown, all, EXIT.statusUnknown);
  if (infos.length === 0 && unknown.length > 0) return;
  const view = isScreen ? new Screen(session) : new ChangeList(session);
  await session.terminal.interruptible(async (signal) => {
    const changes = new ChangeSignal(session, signal, { keepsTime: isScreen });
    try {
      while (!signal.aborted) {
        try {
          view.show(selectProcesses(await session.daemon.processes(), names).infos);
        } catch (error) {
          view.lost(describeError(error));
        }
        await changes.next();
      }
    } finally {
      view.end();
    }
  });
}

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

/** Uses the alternate screen of the terminal, so that its content returns afterwards, with the last table below. */
class Screen implements View {
  readonly #session: Session;
  #last: readonly string[] = [];

  constructor(session: Session) {
    this.#session = session;
    session.terminal.draw(ENTER);
  }

  show(infos: readonly ProcessInfo[]): void {
    const { columns, rows } = this.#session.terminal.size() ?? { columns: 80, rows: 24 };
    const style = { hasColour: this.#session.terminal.hasColour, columns };
    this.#last = describeProcesses(infos, style);
    const up = infos.filter((info) => !isDown(info)).length;
    // A small screen must not leave out processes in trouble.
    const troubled = [...infos].sort((a, b) => Number(isDown(b)) - Number(isDown(a)));
    const room = rows - 3;
    const lines = infos.length <= room ? this.#last : describeProcesses(troubled, style).slice(0, room - 1);
    const more = infos.length - lines.length;
    this.#draw([
      `${this.#session.access.serverurl}: ${up} of ${infos.length} up. Ctrl-C leaves.`,
      '',
      ...lines,
      ...(more > 0 ? [`and ${more} more; name those that you want to see, or make the window larger`] : []),
    ]);
  }

  lost(why: string): void {
    this.#draw([`${visible(why)}. Trying again. Ctrl-C leaves.`]);
  }

  end(): void {
    this.#session.terminal.draw(LEAVE);
    for (const line of this.#last) this.#session.line(line);
  }

  /** The lines hold no escape sequences but colours of ours. */
  #draw(lines: readonly string[]): void {
    const { columns } = this.#session.terminal.size() ?? { columns: 80 };
    const text = lines.map((line) => cutToWidth(line, columns) + REST_OF_LINE).join('\r\n');
    this.#session.terminal.draw(`${HOME}${text}${REST_OF_SCREEN}`);
  }
}

/** Prints every process once, then a line for each change. Printed lines are never changed. */
class ChangeList implements View {
  readonly #session: Session;
  /** By name, the last displayed state. */
  #known = new Map<string, { readonly info: ProcessInfo; readonly look: string }>();
  #isLost = false;

  constructor(session: Session) {
    this.#session = session;
  }

  show(infos: readonly ProcessInfo[]): void {
    if (this.#isLost) this.#session.terminal.printError(`${this.#session.access.serverurl} answers again\n`);
    this.#isLost = false;
    const before = this.#known;
    this.#known = new Map(infos.map((info) => [namespec(info), { info, look: lookOf(info) }]));
    this.#print(infos.filter((info) => before.get(namespec(info))?.look !== lookOf(info)));
    for (const [name, { info }] of before) if (!this.#known.has(name)) this.#gone(name, info);
  }

  lost(why: string): void {
    if (!this.#isLost) this.#session.terminal.printError(`${why}; trying again\n`);
    this.#isLost = true;
  }

  end(): void {}

  #print(infos: readonly ProcessInfo[]): void {
    if (this.#session.json) for (const info of infos) this.#session.document(info);
    else
      for (const line of describeProcesses(infos, { hasColour: false, columns: undefined })) this.#session.line(line);
  }

  #gone(name: string, { group, name: process }: ProcessInfo): void {
    if (this.#session.json) this.#session.document({ group, name: process, removed: true });
    else this.#session.line(`${name}: removed`);
  }
}

/** What counts as a change; a growing uptime does not. */
function lookOf({ statename, pid, description }: ProcessInfo): string {
  return statename === 'RUNNING' ? `${statename} ${pid}` : `${statename} ${description}`;
}
