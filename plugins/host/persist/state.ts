import { randomBytes } from 'node:crypto';
import { closeSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import * as v from 'valibot';
import { namespec, reasonOf, type Clock, type ProcessView } from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import { startOf } from './process-start.ts';
import { identityOf, isOutput, Keeper, type KeeperRecord } from './keeper.ts';
import { LeftBehind } from './left-behind.ts';
import { findMarked, KEEPER, markText, type MarkedProcess } from './mark.ts';
import type { NoticeLevel, StateFolder, StateService, StateSlice } from './service.ts';
import { readState, StateFile } from './state-file.ts';

/** What the daemon before has left. */
export interface Previous {
  /** `undefined`: its state could not be read, so what it has left is looked for. */
  readonly pid: number | undefined;
  /** It was this process, which has become another program since. */
  readonly isSelf: boolean;
  /** It was killed while it ended: what it had stopped was not stopped by anybody's hand. */
  readonly wasEnding: boolean;
  readonly left: LeftBehind;
}

const KeeperEntry = v.object({
  pid: v.number(),
  start: v.string(),
  ends: v.array(v.tuple([v.number(), v.number()])),
});

/** The state of this daemon, in a file and in the descriptors that a process holds. Without a folder it keeps nothing. */
export class State implements StateService {
  readonly #clock: Clock;
  readonly #log: (level: NoticeLevel, text: string) => void;
  readonly #held = new Map<string, number>();
  readonly #children = new Map<string, number>();
  /** What was read, by slice. */
  readonly #read = new Map<string, Map<string, unknown>>();
  #folder = '';
  #file: StateFile | undefined;
  #keeper: Keeper | undefined;
  #previous: Previous | undefined;
  /** Descriptors that this process has from before it became this program. */
  readonly #inherited = new Map<string, number>();
  /** The identities of descriptors that the state does not contain. */
  readonly #assumed = new Map<string, string>();
  /** Secret: part of the mark of children. The next daemon keeps it. */
  #token = randomBytes(8).toString('hex');
  /** What was left is not looked at any more. */
  #isSettled = false;
  readonly #own = this.slice('daemon', 1);
  readonly #descriptors = this.slice('descriptors', 1);

  constructor(clock: Clock, log: (level: NoticeLevel, text: string) => void) {
    this.#clock = clock;
    this.#log = log;
  }

  /** What the daemon before has left, if it did not shut down. */
  get previous(): Previous | undefined {
    return this.#previous;
  }

  get folder(): string {
    return this.#folder;
  }

  slice(name: string, version: number): StateSlice {
    const prefix = `${name}/${version}`;
    const read = this.#read;
    return {
      get previous() {
        return read.get(prefix) ?? new Map<string, unknown>();
      },
      set: (key, value) => this.#file?.set(`${prefix} ${key}`, value),
      delete: (key) => this.#file?.delete(`${prefix} ${key}`),
    };
  }

  hold(name: string, fd: number): void {
    const identity = identityOf(fd);
    this.#held.set(name, fd);
    if (identity === undefined || this.#keeper === undefined) return;
    this.#descriptors.set(name, identity);
    this.#keeper.changed();
  }

  release(name: string): void {
    if (!this.#held.delete(name)) return;
    this.#descriptors.delete(name);
    // Another end of it would keep a program from seeing its end, or a port from being free.
    if (!isOutput(name)) this.#keeper?.released(name);
  }

  takeOver(name: string, flags: number): number | undefined {
    const inherited = this.#inherited.get(name);
    if (inherited !== undefined) {
      this.#inherited.delete(name);
      return inherited;
    }
    const identity = this.#assumed.get(name) ?? this.#descriptors.previous.get(name);
    if (typeof identity !== 'string' || this.#previous === undefined || this.#isSettled) return undefined;
    const fd = this.#previous.left.open(identity, flags);
    if (fd === undefined)
      this.#log('ERRO', `nobody has the ${name} of the daemon before any more: what was in it is lost`);
    return fd;
  }

  /** The child of a process, whose exit status is to be kept; 0 for none. */
  setChild(name: string, pid: number): void {
    if (pid === 0) this.#children.delete(name);
    else if (this.#children.get(name) !== pid) {
      this.#children.set(name, pid);
      this.#keeper?.changed();
    }
  }

  /** What a child of this run is marked with; `undefined`: nothing is kept. */
  markOf(process: ProcessView): string | undefined {
    if (this.#file === undefined) return undefined;
    return markText({ folder: basename(this.#folder), token: this.#token, name: namespec(process), run: process.run });
  }

  /** The processes of the daemon before that have its mark. Its token is not known where its state could not be read. */
  findMarked(): MarkedProcess[] {
    const all = findMarked(basename(this.#folder));
    return this.#previous?.pid === undefined ? all : all.filter(({ token }) => token === this.#token);
  }

  /** What the state does not say: which pipe this was. */
  assume(name: string, identity: string): void {
    this.#assumed.set(name, identity);
  }

  /** Reads what was left in this folder, and begins to write there. */
  open({ path: folder, inherited }: StateFolder, posix: Posix): void {
    for (const [name, fd] of inherited) this.#inherited.set(name, fd);
    const boot = bootId();
    if (boot === undefined) return;
    // Old kernels, and containers that forbid the call, have none: then nothing is kept, rather than half of it.
    closeSync(posix.openPidfd(process.pid));
    this.#folder = folder;
    const read = readState(folder);
    // What was left before the machine was started again is not there any more.
    const isOfThisBoot = read.kind === 'state' && read.header.boot === boot;
    const entries = isOfThisBoot ? read.entries : new Map<string, unknown>();
    for (const [key, value] of entries) {
      const [prefix = '', ...rest] = key.split(' ');
      const slice = this.#read.get(prefix) ?? new Map<string, unknown>();
      this.#read.set(prefix, slice.set(rest.join(' '), value));
    }
    if (read.kind === 'refused') {
      const text = `the state in ${folder} cannot be used: ${read.reason}; programs that still run are looked for by the mark in their environment`;
      this.#log('CRIT', text);
    }
    const header = { boot, pid: process.pid, start: startOf(process.pid) ?? '?' };
    const parsed = v.safeParse(KeeperEntry, this.#own.previous.get('keeper'));
    const keeper = parsed.success ? parsed.output : undefined;
    if (isOfThisBoot || read.kind === 'refused') {
      this.#previous = {
        pid: isOfThisBoot ? read.header.pid : undefined,
        isSelf: isOfThisBoot && read.header.pid === header.pid && read.header.start === header.start,
        wasEnding: this.#own.previous.get('ending') === true,
        left: new LeftBehind(posix, keeper),
      };
    }
    this.#file = new StateFile(folder, header, entries, (problem) =>
      this.#log(
        'CRIT',
        `the state in ${folder} cannot be written (${problem}): if the daemon is killed, its programs are not taken over`,
      ),
    );
    const token = this.#own.previous.get('token');
    if (typeof token === 'string') this.#token = token;
    else this.#own.set('token', this.#token);
    this.#keeper = this.#newKeeper(posix, keeper);
  }

  /** What was left has been taken over, or is not wanted. */
  settle(): void {
    this.#isSettled = true;
    for (const name of this.#descriptors.previous.keys()) if (!this.#held.has(name)) this.#descriptors.delete(name);
    this.#own.delete('ending');
    this.#previous?.left.close();
    if (this.#previous !== undefined) this.#killStrayKeepers();
    if (this.#held.size > 0 || this.#children.size > 0) this.#keeper?.changed();
  }

  /** Has everything held that there is, before this process becomes another program. */
  handOver(): void {
    this.#keeper?.now();
  }

  /** From here on programs are stopped because the daemon ends. */
  ending(): void {
    this.#own.set('ending', true);
  }

  /** The shutdown is complete: removes the state, and ends the keeper. */
  end(): void {
    this.#keeper?.end();
    this.#file?.remove();
    this.#keeper = undefined;
    this.#file = undefined;
  }

  /** Those that a daemon made and could not write down before it was killed. */
  #killStrayKeepers(): void {
    const current = this.#keeper?.pid;
    for (const { name, uid, ...keeper } of findMarked(basename(this.#folder))) {
      if (name === KEEPER && keeper.pid !== current && uid === process.getuid?.()) this.#keeper?.kill(keeper);
    }
  }

  #newKeeper(posix: Posix, before: KeeperRecord | undefined): Keeper {
    const keeper = new Keeper(posix, {
      clock: this.#clock,
      held: () => ({ descriptors: this.#held, children: [...this.#children.values()] }),
      mark: markText({ folder: basename(this.#folder), token: this.#token, name: KEEPER, run: 0 }),
      record: (record) => this.#own.set('keeper', record),
      fail: (error) =>
        this.#log('WARN', `if the daemon were killed now, what is in pipes could be lost: ${reasonOf(error)}`),
    });
    if (before !== undefined) keeper.succeed(before);
    return keeper;
  }
}

/**
 * One life of the machine, or of the container: nothing outlives it. `undefined` where the kernel does not tell; without it nothing
 * that was left can be trusted.
 */
function bootId(): string | undefined {
  try {
    const machine = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return [machine, readlinkSync('/proc/self/ns/pid'), startOf(1) ?? '?'].join(' ');
  } catch {
    return undefined;
  }
}
