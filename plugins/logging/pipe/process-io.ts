import { closeSync } from 'node:fs';
import {
  countDescriptors,
  mayOpen,
  SpawnRefusal,
  type Process,
  type SpawnPlan,
  type Stdio,
} from '../../../core/index.ts';
import { isOutOfDescriptors } from '../errno.ts';
import type { ChannelOutput } from '../capture/channel-output.ts';
import type { StdinResult } from '../service.ts';
import { OutputPipe } from './output-pipe.ts';
import type { SharedPipes } from './shared-pipes.ts';
import { StdinPipe } from './stdin-pipe.ts';

/** Makes what receives the output of a channel. */
export interface OutputConnector {
  /** stderr goes where stdout goes. */
  readonly isRedirected: boolean;
  /** A descriptor of the log, where the program writes it itself. @throws where it cannot be opened. */
  openDirect(channel: 'stdout' | 'stderr'): number | undefined;
  /** `resume` makes the pipe be read again. */
  connect(channel: 'stdout' | 'stderr', resume: () => void): ChannelOutput;
}

/** What a start takes of descriptors for a moment: ends for the child, and those of the spawn itself. */
const START_NEEDS = 8;

/**
 * The pipes of one process. Those for output are made at a start, kept through restarts, and closed once the process rests and
 * no child of its program has them any more; stdin is new for each child, so that none reads what was meant for the one before.
 */
export class ProcessIo {
  readonly #process: Process;
  readonly #connector: OutputConnector;
  readonly #shared: () => SharedPipes;
  #stdin: StdinPipe | undefined;
  #stdout: Output | undefined;
  #stderr: Output | undefined;

  /** `shared` is asked once a pipe is needed: there is none before the supervisor is started. */
  constructor(process: Process, connector: OutputConnector, shared: () => SharedPipes) {
    this.#process = process;
    this.#connector = connector;
    this.#shared = shared;
  }

  /**
   * Puts pipes into a plan, where nobody else has put something.
   * @throws when a pipe or a log cannot be opened; then nothing stays open.
   */
  plan(plan: SpawnPlan): SpawnPlan {
    const opened = new Opened();
    plan.defer((isTaken) => {
      const stdin = opened.close(isTaken);
      if (stdin !== undefined) this.#stdin = stdin;
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

  /** The child is gone: takes its last words. Children of its own may go on writing. */
  reaped(): void {
    this.#closeStdin();
    for (const { pipe, output } of this.#outputs) {
      pipe?.drain();
      output.endOfRun();
    }
  }

  /** The process does not run and is not about to: no descriptor is held for it. */
  rest(): void {
    for (const made of this.#outputs) made.pipe = made.pipe?.closeUnlessUsed();
  }

  /** Takes what is there. `false`: something is left, because a sink wants no more now. */
  drain(): boolean {
    for (const { pipe } of this.#outputs) pipe?.drain();
    return this.#outputs.every(({ pipe }) => pipe?.isPaused !== true);
  }

  close(): void {
    this.#closeStdin();
    for (const { pipe, output } of this.#outputs) {
      output.endOfRun();
      pipe?.close();
      output.close();
    }
    this.#stdout = undefined;
    this.#stderr = undefined;
  }

  get #outputs(): Output[] {
    return [this.#stdout, this.#stderr].filter((output) => output !== undefined);
  }

  /** The last descriptors are for those who control the daemon. @throws where too few are left. */
  #checkDescriptors(): void {
    const count = countDescriptors();
    if (mayOpen('programs', START_NEEDS, count)) return;
    const { name } = this.#process;
    throw new SpawnRefusal(
      'descriptors',
      `too many open files to spawn '${name}': ${count.free} of ${count.limit} file descriptors are free, and those are kept for control; raise minfds`,
    );
  }

  #stdinEnd(given: Stdio, opened: Opened): Stdio {
    if (given.kind !== 'null') return given;
    const { childEnd, ownEnd } = this.#shared().fifos.input(this.#process.config.user);
    opened.stdin = new StdinPipe(ownEnd);
    return opened.forChild(childEnd);
  }

  #stderrEnd(given: Stdio, stdout: Stdio, opened: Opened): Stdio {
    if (given.kind !== 'inherit') return given;
    return this.#connector.isRedirected ? stdout : this.#endFor('stderr', opened);
  }

  #endFor(channel: 'stdout' | 'stderr', opened: Opened): Stdio {
    const direct = this.#connector.openDirect(channel);
    if (direct !== undefined) return opened.forChild(direct);
    if (channel === 'stdout') return this.#endOf((this.#stdout ??= this.#connect('stdout')), opened);
    return this.#endOf((this.#stderr ??= this.#connect('stderr')), opened);
  }

  #connect(channel: 'stdout' | 'stderr'): Output {
    const made: Output = { output: this.#connector.connect(channel, () => made.pipe?.resume()), pipe: undefined };
    return made;
  }

  /** A pipe, unless nobody wants to know: then the program may as well write to /dev/null. */
  #endOf(made: Output, opened: Opened): Stdio {
    if (!made.output.isHeard) return { kind: 'null' };
    made.output.prepare();
    made.pipe ??= this.#openPipe(made.output);
    const { fd, isOwn } = made.pipe.openChildEnd();
    return isOwn ? opened.forChild(fd) : { kind: 'fd', fd };
  }

  #openPipe(output: ChannelOutput): OutputPipe {
    const shared = this.#shared();
    return new OutputPipe(shared.fifos.output(this.#process.config.user), shared, output);
  }

  #closeStdin(): void {
    this.#stdin?.close();
    this.#stdin = undefined;
  }
}

/** What was opened for one start, and for no other: a start that is given up may end after the next one has begun. */
class Opened {
  /** Our end of the child's stdin. */
  stdin: StdinPipe | undefined;
  readonly #childEnds: number[] = [];

  forChild(fd: number): Stdio {
    this.#childEnds.push(fd);
    return { kind: 'fd', fd };
  }

  /** Closes the ends for the child, and stdin where no child has taken them. Returns stdin where one has. */
  close(isTaken: boolean): StdinPipe | undefined {
    for (const fd of this.#childEnds) closeSync(fd);
    if (isTaken) return this.stdin;
    this.stdin?.close();
    return undefined;
  }
}

interface Output {
  readonly output: ChannelOutput;
  /** Opened when somebody wants to hear it for the first time. */
  pipe: OutputPipe | undefined;
}
