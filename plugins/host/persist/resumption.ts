import nodeProcess from 'node:process';
import {
  countDescriptors,
  mayOpen,
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
import { isAlive, type StartedProcess } from './process-start.ts';
import { AdoptedChild } from './adopted-child.ts';
import { identityOf } from './keeper.ts';
import { isOwnChild, isThere } from './left-behind.ts';
import type { MarkedProcess } from './mark.ts';
import { supervisordOptions } from './options.ts';
import { changedOptions, type OptionHashes } from './option-hashes.ts';
import { readEntry, type ProcessEntry } from './process-entry.ts';
import type { NoticeLevel, StateSlice } from './service.ts';
import type { Previous, State } from './state.ts';

/** How long a program that is not configured any more has to end. */
const STOP_WAIT_MS = 10_000;

/** Its pidfd, pipes and logs. */
const FOR_EACH_CHILD = 6;

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
  #marked: readonly MarkedProcess[] | undefined;
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
    this.#checkRoom();
    this.#previous.left.addChildren(
      [...this.#entries.values()].flatMap(({ record: { pid }, start }) => ({ pid, start })),
    );
    for (const process of supervisor.processes) this.#resume(process, orphans === 'kill');
    for (const [name, entry] of this.#entries) if (supervisor.find(name) === undefined) this.#stopStray(name, entry);
    if (this.#running + this.#ended === 0) return undefined;
    if (this.#previous.isSelf) return log('INFO', `upgraded: ${this.#running} programs go on`);
    const who = this.#previous.pid === undefined ? '' : ` (pid ${this.#previous.pid})`;
    const ended = this.#ended === 0 ? '' : `, ${this.#ended} had ended meanwhile`;
    log(
      'WARN',
      `the daemon before this one${who} did not shut down: ${this.#running} of its programs still run${ended}`,
    );
    return undefined;
  }

  /** For want of descriptors a program would be taken for dead, and started a second time. @throws. */
  #checkRoom(): void {
    const running = [...this.#entries.values()].filter(({ record }) => record.pid !== 0).length;
    const needed = running * FOR_EACH_CHILD;
    const count = countDescriptors();
    if (mayOpen('programs', needed, count)) return;
    const text = `to take over ${running} programs ${needed} file descriptors are needed, and ${count.free} are free; raise the limit (ulimit -n)`;
    throw new Error(text);
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

  /** What is known of a process; where nothing can be read of it, what its mark says. */
  #entryOf(process: Process): ProcessEntry | undefined {
    const known = this.#entries.get(namespec(process));
    if (known !== undefined) return known;
    const marked = this.#newestMarked(process, 0);
    if (marked === undefined) return undefined;
    for (const [fd, channel] of ['stdin', 'stdout', 'stderr'].entries()) {
      const identity = identityOf(`${marked.pid}/fd/${fd}`);
      if (identity?.startsWith('pipe:') === true)
        this.#around.state.assume(`${channel} ${namespec(process)}`, identity);
    }
    return { record: { ...this.#startOf(marked), state: 'RUNNING' }, start: marked.start, options: {} };
  }

  #found(process: Process, { record, start }: ProcessEntry): { record: ProcessRecord; child: Child | undefined } {
    const child = record.pid === 0 ? undefined : { pid: record.pid, start };
    if (child !== undefined && isThere(child)) return { record, child: this.#adopt(child) };
    if (record.pid === 0 && record.state !== 'STARTING') return { record, child: undefined };
    // The daemon was killed between a spawn and its record.
    const marked = this.#newestMarked(process, record.pid === 0 ? record.run : record.run + 1);
    if (marked !== undefined) return { record: this.#startOf(marked), child: this.#adopt(marked) };
    return { record, child: child && this.#adopt(child) };
  }

  /** A run of which nothing but its start is known. */
  #startOf({ pid, run }: MarkedProcess): ProcessRecord {
    const { clock } = this.#around.supervisor;
    return {
      state: 'STARTING',
      want: 'up',
      pid,
      run,
      tries: 0,
      startedAt: clock.wall(),
      stoppedAt: 0,
      startedTick: clock.now(),
      spawnerr: '',
      cause: { by: 'boot', detail: 'found running' },
    };
  }

  /** The oldest process with the mark of the newest run, from this one on. Another user cannot run as the program's. */
  #newestMarked(process: Process, from: number): MarkedProcess | undefined {
    const users = new Set([0, nodeProcess.getuid?.(), process.config.user?.uid]);
    const own = this.#marks().filter(
      ({ name, run, uid, pid, start }) =>
        name === namespec(process) && run >= from && users.has(uid) && isAlive({ pid, start }),
    );
    const newest = Math.max(...own.map(({ run }) => run));
    return own.find(({ run }) => run === newest);
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

  #marks(): readonly MarkedProcess[] {
    return (this.#marked ??= this.#around.state.findMarked());
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
    const kill = (): void => this.#signal(child, 'SIGKILL', true);
    const timer = supervisor.clock.setTimer(STOP_WAIT_MS, kill);
    // Nobody else would.
    const off = supervisor.events.on('supervisor:state', ({ to }) => {
      if (to === 'stopping') kill();
    });
    child.onExit(() => {
      timer.cancel();
      off();
      // A program of this name may have been configured again.
      if (supervisor.find(name) === undefined) forget();
    });
    this.#signal(child, 'SIGTERM', false);
    return undefined;
  }

  /** One that has become another user cannot be signalled without root. */
  #signal(child: Child, signal: NodeJS.Signals, asGroup: boolean): void {
    try {
      child.signal(signal, asGroup);
    } catch (error) {
      this.#around.log('ERRO', `pid ${child.pid} cannot be signalled: ${reasonOf(error)}`);
    }
  }
}

/** Of a program that the end of the daemon was stopping, or had yet to stop. */
function toBeStarted(record: ProcessRecord, { config }: Process): ProcessRecord {
  if (record.state !== 'STOPPING' || !config.autostart) return record;
  return { ...record, isStartedNext: true };
}
