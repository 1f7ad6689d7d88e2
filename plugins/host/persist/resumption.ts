import {
  namespec,
  readOptions,
  reasonOf,
  type Cause,
  type Child,
  type Process,
  type ProcessRecord,
  type Supervisor,
} from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import type { StartedProcess } from './process-start.ts';
import { AdoptedChild } from './adopted-child.ts';
import { findMarked, isOwnChild } from './left-behind.ts';
import { supervisordOptions } from './options.ts';
import { changedOptions, type OptionHashes } from './option-hashes.ts';
import { readEntry, type ProcessEntry } from './process-entry.ts';
import type { NoticeLevel, StateSlice } from './service.ts';
import type { Previous, State } from './state.ts';

/** How long a program that is not configured any more has to end. */
const STOP_WAIT_MS = 10_000;

export interface Surroundings {
  readonly supervisor: Supervisor;
  readonly state: State;
  readonly posix: Posix;
  readonly hashes: OptionHashes;
  readonly log: (level: NoticeLevel, text: string) => void;
}

/** Goes on with the programs of the daemon before. */
export class Resumption {
  readonly #around: Surroundings;
  readonly #previous: Previous;
  readonly #entries: ReadonlyMap<string, ProcessEntry>;
  readonly #slice: StateSlice;
  /** Of children whose pid was never written down; looked for when one is missing. */
  #marked: ReadonlyMap<string, StartedProcess> | undefined;
  #running = 0;
  #ended = 0;

  constructor(around: Surroundings, previous: Previous, slice: StateSlice) {
    this.#around = around;
    this.#previous = previous;
    this.#slice = slice;
    this.#entries = new Map([...slice.previous].flatMap(([name, value]) => this.#read(name, value)));
  }

  carryOut(): void {
    const { supervisor, log } = this.#around;
    const { orphans } = readOptions(supervisor.config.sections['supervisord'] ?? {}, supervisordOptions);
    if (orphans === 'ignore') {
      for (const name of this.#entries.keys()) this.#slice.delete(name);
      return;
    }
    this.#previous.left.addChildren(
      [...this.#entries.values()].flatMap(({ record: { pid }, start }) => ({ pid, start })),
    );
    for (const process of supervisor.processes) this.#resume(process, orphans === 'kill');
    for (const [name, entry] of this.#entries) if (supervisor.find(name) === undefined) this.#stopStray(name, entry);
    if (this.#previous.isSelf) return log('INFO', `upgraded: ${this.#running} programs go on`);
    const who = this.#previous.pid === undefined ? '' : ` (pid ${this.#previous.pid})`;
    const ended = this.#ended === 0 ? '' : `, ${this.#ended} had ended meanwhile`;
    log(
      'WARN',
      `the daemon before this one${who} did not shut down: ${this.#running} of its programs still run${ended}`,
    );
    return undefined;
  }

  #read(name: string, value: unknown): [string, ProcessEntry][] {
    try {
      return [[name, readEntry(value)]];
    } catch (error) {
      this.#around.log('CRIT', `what the state says of ${name} cannot be used: ${reasonOf(error)}`);
      this.#slice.delete(name);
      return [];
    }
  }

  #resume(process: Process, isUnwanted: boolean): void {
    const entry = this.#entryOf(process);
    if (entry === undefined) return;
    const { record, child } = this.#found(process, entry);
    if (this.#previous.wasEnding && child === undefined) return; // stopped by the end of the daemon
    process.resume(this.#previous.wasEnding ? toBeStarted(record, process) : record, child);
    const cause = this.#restartCause(process, entry, isUnwanted);
    if (cause !== undefined && process.isWanted) process.restart(cause);
  }

  /** What is known of a process; where nothing was written down, or it cannot be read, what its mark says. */
  #entryOf(process: Process): ProcessEntry | undefined {
    const known = this.#entries.get(namespec(process));
    if (known !== undefined || this.#previous.pid !== undefined) return known;
    const prefix = this.#around.state.markPrefix(process);
    const marks = [...this.#marks()].filter(([mark]) => mark.startsWith(prefix));
    const [run, child] = marks
      .map(([mark, child]) => [Number(mark.slice(prefix.length)), child] as const)
      .toSorted(([one], [other]) => other - one)[0] ?? [0, undefined];
    if (child === undefined) return undefined;
    const { clock } = this.#around.supervisor;
    const record: ProcessRecord = {
      state: 'RUNNING',
      want: 'up',
      pid: child.pid,
      run,
      tries: 0,
      startedAt: clock.wall(),
      stoppedAt: 0,
      startedTick: clock.now(),
      spawnerr: '',
      cause: { by: 'boot', detail: 'found running' },
    };
    return { record, start: child.start, options: {} };
  }

  #found(process: Process, { record, start }: ProcessEntry): { record: ProcessRecord; child: Child | undefined } {
    if (record.pid !== 0) return { record, child: this.#adopt({ pid: record.pid, start }) };
    if (record.state !== 'STARTING') return { record, child: undefined };
    // The daemon was killed between the spawn and its record.
    const marked = this.#marks().get(`${this.#around.state.markPrefix(process)}${record.run}`);
    if (marked === undefined) return { record, child: undefined };
    return { record: { ...record, pid: marked.pid }, child: this.#adopt(marked) };
  }

  #adopt(child: StartedProcess): Child {
    const { posix, supervisor } = this.#around;
    if (this.#previous.isSelf && isOwnChild(child)) {
      this.#running += 1;
      return posix.ownChild(child.pid);
    }
    const fate = this.#previous.left.fateOf(child);
    if (fate.kind === 'running') this.#running += 1;
    else this.#ended += 1;
    return new AdoptedChild(child, fate, { posix, clock: supervisor.clock });
  }

  #marks(): ReadonlyMap<string, StartedProcess> {
    return (this.#marked ??= findMarked(
      this.#around.state.markPrefix({ group: '', name: '' }).replace(/[^/]*\/$/, ''),
    ));
  }

  #restartCause(process: Process, { options }: ProcessEntry, isUnwanted: boolean): Cause | undefined {
    if (isUnwanted) return { by: 'boot', detail: 'orphans=kill' };
    const changed = changedOptions(options, this.#around.hashes.of(process.config));
    return changed.length === 0
      ? undefined
      : { by: 'reload', detail: `changed while no daemon ran: ${changed.join(', ')}` };
  }

  /** A program that is not configured any more, as an update would stop it. */
  #stopStray(name: string, { record, start }: ProcessEntry): void {
    const { log, supervisor } = this.#around;
    const forget = (): void => this.#slice.delete(name);
    const child = record.pid === 0 ? undefined : this.#adopt({ pid: record.pid, start });
    if (child === undefined) return forget();
    log('WARN', `${name} (pid ${record.pid}) is not configured any more: it is stopped`);
    const timer = supervisor.clock.setTimer(STOP_WAIT_MS, () => child.signal('SIGKILL', true));
    child.onExit(() => {
      timer.cancel();
      forget();
    });
    child.signal('SIGTERM', false);
    return undefined;
  }
}

/** Of a program that the end of the daemon was stopping, or had yet to stop. */
function toBeStarted(record: ProcessRecord, { config }: Process): ProcessRecord {
  if (record.state !== 'STOPPING' || !config.autostart) return record;
  return { ...record, isStartedNext: true };
}
