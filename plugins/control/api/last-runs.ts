import { namespec, type Exit, type RunUsage, type Supervisor } from '../../../core/index.ts';
import type { JournalRecord } from '../../insight/journal/index.ts';

/** The last line that a run wrote, and its channel. */
export interface LastLine {
  readonly channel: 'stdout' | 'stderr';
  readonly text: string;
}

/** The last run of a process that has ended. */
export interface LastRun {
  readonly exit: Exclude<Exit, { readonly kind: 'spawnFailed' }> | undefined;
  readonly usage: RunUsage | undefined;
  /** From stderr if it wrote any, else from stdout. Absent without the plugin `journal`. */
  readonly line: LastLine | undefined;
}

/** In characters; a status is not a log. */
const LONGEST = 300;

/** Remembers how the last run of each process ended, even if the core keeps no exit: after a failed start. */
export function watchLastRuns(supervisor: Supervisor, plugin: string): (name: string) => LastRun | undefined {
  const runs = new Map<string, LastRun>();
  const { events } = supervisor;
  const record = (name: string, part: Partial<LastRun>): void =>
    void runs.set(name, { exit: undefined, usage: undefined, line: undefined, ...runs.get(name), ...part });
  events.on(
    'process:exited',
    ({ process, exit, usage }) =>
      record(namespec(process), { exit: exit.kind === 'spawnFailed' ? undefined : exit, usage }),
    plugin,
  );
  events.on('process:spawn-failed', ({ process }) => void runs.delete(namespec(process)), plugin);
  events.on('process:removed', ({ process }) => void runs.delete(namespec(process)), plugin);
  events.on(
    'journal:recorded',
    ({ record: made }) => {
      if (made.kind === 'ended') record(namespec(made), { line: lastLineOf(made.output) });
    },
    plugin,
  );
  return (name) => runs.get(name);
}

type Output = Extract<JournalRecord, { readonly kind: 'ended' }>['output'];

export function lastLineOf(output: Output): LastLine | undefined {
  const found = output.flatMap(({ channel, lines }) => {
    const text = lines.findLast((line) => line.trim() !== '');
    return text === undefined ? [] : [{ channel, text: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text }];
  });
  return found.find(({ channel }) => channel === 'stderr') ?? found[0];
}
