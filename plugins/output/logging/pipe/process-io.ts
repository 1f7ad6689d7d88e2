import { closeSync, constants } from 'node:fs';
import {
  countDescriptors,
  mayOpen,
  namespec,
  SpawnRefusal,
  type Process,
  type SpawnPlan,
  type Stdio,
} from '../../../../core/index.ts';
import { isOutOfDescriptors } from '../errno.ts';
import type { ChannelOutput } from '../capture/channel-output.ts';
import type { StdinResult } from '../service.ts';
import { newInputPipe, newOutputPipe, OutputEnds } from './new-pipe.ts';
import { OutputPipe } from './output-pipe.ts';
import type { SharedPipes } from './shared-pipes.ts';
import { StdinPipe } from './stdin-pipe.ts';

/** Connects the channels of a process to their logs. */
export interface OutputConnector {
  /** stderr is written to stdout. */
  readonly isRedirected: boolean;
  /** A descriptor of the log, if the program writes it itself. @throws if the log cannot be opened. */
  openDirect(channel: 'stdout' | 'stderr'): number | undefined;
  /** Makes the receiver of the output of a channel. `resume` starts reading the pipe again. */
  connect(channel: 'stdout' | 'stderr', resume: () => void): ChannelOutput;
}

/** How many descriptors a start needs for a moment: the ends of the child, and those of the spawn itself. */
const START_NEEDS = 8;

/**
 * The pipes of one process. A start makes the pipes for output. They stay open through restarts and are closed when the
 * process is stopped and no child of its program has them open. Every child gets a new stdin, so that none reads what
 * was sent to the one before.
 */
export class ProcessIo {
  readonly #process: Process;
  readonly #connector: OutputConnector;
  readonly #shared: () => SharedPipes;
  #stdin: StdinPipe | undefined;
  #stdout: Output | undefined;
  #stderr: Output | undefined;

  /** `shared` is called for the first pipe: nothing is open before the supervisor is started. */
  constructor(process: Process, connector: OutputConnector, shared: () => SharedPipes) {
    this.#process = process;
    this.#connector = connector;
    this.#shared = shared;
  }

  /**
   * Adds pipes to a plan, except where another plugin has set a descriptor.
   * @throws when a pipe or a log cannot be opened. Then nothing stays open.
   */
  plan(plan: SpawnPlan): SpawnPlan {
    const opened = new StartDescriptors();
    plan.defer((isTaken) => {
      const stdin = opened.close(isTaken);
      if (stdin === undefined) return;
      this.#stdin = stdin;
      this.#hold('stdin', stdin.fd);
    });
    this.#checkDescriptors();
    try {
      const [stdin, stdout, stderr] = plan.stdio;
      const out = stdout.kind === 'inherit' ? this.#endFor('stdout', opened) : stdout;
      return { ...plan, stdio: [this.#stdinEnd(stdin, opened), out, this.#stderrEnd(stderr, out, opened)] };
    } catch (error) {
      if (!isOutOfDescriptors(error)) throw error;
      const reason = `too many open files to spawn '${this.#process.name}'`;
      throw new SpawnRefusal('descriptors', reason, { cause: error });
    }
  }

  write(bytes: Uint8Array): StdinResult {
    return this.#stdin?.write(bytes) ?? 'closed';
  }

  /** What the sinks hold of an unfinished line is written. */
  endOfRun(): void {
    for (const { output } of this.#outputs) output.endOfRun();
  }

  /** The child was reaped: reads its last output. The child's own children may still write. */
  reaped(): void {
    this.#closeStdin();
    for (const { pipe, output } of this.#outputs) {
      pipe?.drain();
      output.endOfRun();
    }
  }

  /** Goes on with the pipes of the daemon before. */
  resume(): void {
    const stdin = this.#takeOver('stdin', constants.O_WRONLY);
    if (stdin !== undefined) {
      this.#stdin = new StdinPipe(stdin);
      this.#hold('stdin', stdin);
    }
    this.#stdout = this.#resumed('stdout');
    if (!this.#connector.isRedirected) this.#stderr = this.#resumed('stderr');
  }

  #resumed(channel: Channel): Output | undefined {
    const fd = this.#takeOver(channel, constants.O_RDWR);
    if (fd === undefined) return undefined;
    const made = this.#connect(channel);
    made.output.prepare();
    made.pipe = new OutputPipe(new OutputEnds(fd, undefined), this.#shared(), made.output);
    this.#hold(channel, fd);
    return made;
  }

  /** Closes the pipes while the process is stopped. */
  closeIdle(): void {
    for (const made of this.#outputs) {
      if (made.pipe === undefined) continue;
      made.pipe = made.pipe.closeUnlessUsed();
      this.#hold(made.channel, made.pipe?.ownEnd);
    }
  }

  /** Reads what the pipes hold. `false`: something is left, because a sink accepts no more now. */
  drain(): boolean {
    for (const { pipe } of this.#outputs) pipe?.drain();
    return this.#outputs.every(({ pipe }) => pipe?.isPaused !== true);
  }

  close(): void {
    this.#closeStdin();
    for (const { pipe, output, channel } of this.#outputs) {
      output.endOfRun();
      pipe?.close();
      this.#hold(channel, undefined);
      output.close();
    }
    this.#stdout = undefined;
    this.#stderr = undefined;
  }

  get #outputs(): Output[] {
    return [this.#stdout, this.#stderr].filter((output) => output !== undefined);
  }

  /** The last free descriptors are reserved for clients. @throws when too few are left. */
  #checkDescriptors(): void {
    const count = countDescriptors();
    if (mayOpen('programs', START_NEEDS, count)) return;
    const { name } = this.#process;
    throw new SpawnRefusal(
      'descriptors',
      `too many open files to spawn '${name}': ${count.free} of ${count.limit} file descriptors are free, and those are kept for control; raise minfds`,
    );
  }

  #stdinEnd(given: Stdio, opened: StartDescriptors): Stdio {
    if (given.kind !== 'null') return given;
    const { childEnd, ownEnd } = newInputPipe(this.#shared().newPipe, this.#process.config.user);
    opened.stdin = new StdinPipe(ownEnd);
    return opened.forChild(childEnd);
  }

  #stderrEnd(given: Stdio, stdout: Stdio, opened: StartDescriptors): Stdio {
    if (given.kind !== 'inherit') return given;
    return this.#connector.isRedirected ? stdout : this.#endFor('stderr', opened);
  }

  #endFor(channel: Channel, opened: StartDescriptors): Stdio {
    const direct = this.#connector.openDirect(channel);
    if (direct !== undefined) return opened.forChild(direct);
    if (channel === 'stdout') return this.#endOf((this.#stdout ??= this.#connect('stdout')), opened);
    return this.#endOf((this.#stderr ??= this.#connect('stderr')), opened);
  }

  #connect(channel: Channel): Output {
    const output = this.#connector.connect(channel, () => made.pipe?.resume());
    const made: Output = { channel, output, pipe: undefined };
    return made;
  }

  /** The end of a pipe, or /dev/null if nothing needs the output. */
  #endOf(made: Output, opened: StartDescriptors): Stdio {
    if (!made.output.isNeeded) return { kind: 'null' };
    made.output.prepare();
    made.pipe ??= this.#openPipe(made);
    const { fd, isOwn } = made.pipe.openChildEnd();
    return isOwn ? opened.forChild(fd) : { kind: 'fd', fd };
  }

  #openPipe({ channel, output }: Output): OutputPipe {
    const shared = this.#shared();
    const pipe = new OutputPipe(newOutputPipe(shared.newPipe, this.#process.config.user), shared, output);
    this.#hold(channel, pipe.ownEnd);
    return pipe;
  }

  #closeStdin(): void {
    if (this.#stdin === undefined) return;
    this.#stdin.close();
    this.#stdin = undefined;
    this.#hold('stdin', undefined);
  }

  /** Has a pipe kept in case this daemon is killed; `undefined`: not any more. */
  #hold(channel: Channel | 'stdin', fd: number | undefined): void {
    const state = this.#shared().state();
    const name = `${channel} ${namespec(this.#process)}`;
    if (fd === undefined) state?.release(name);
    else state?.hold(name, fd);
  }

  #takeOver(channel: Channel | 'stdin', flags: number): number | undefined {
    return this.#shared()
      .state()
      ?.takeOver(`${channel} ${namespec(this.#process)}`, flags | constants.O_NONBLOCK);
  }
}

/** The descriptors of one start. A cancelled start may end after the next one has begun, so each has its own list. */
class StartDescriptors {
  /** The daemon's end of the child's stdin. */
  stdin: StdinPipe | undefined;
  readonly #childEnds: number[] = [];

  forChild(fd: number): Stdio {
    this.#childEnds.push(fd);
    return { kind: 'fd', fd };
  }

  /** Closes the ends of the child. Returns stdin if a child was spawned with it, and closes it otherwise. */
  close(isTaken: boolean): StdinPipe | undefined {
    for (const fd of this.#childEnds) closeSync(fd);
    if (isTaken) return this.stdin;
    this.stdin?.close();
    return undefined;
  }
}

type Channel = 'stdout' | 'stderr';

interface Output {
  readonly channel: Channel;
  readonly output: ChannelOutput;
  /** Opened when the output is needed for the first time. */
  pipe: OutputPipe | undefined;
}
