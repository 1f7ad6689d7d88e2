import { pause, systemClock, type Clock } from '../../../core/index.ts';
import type { Channel, DaemonClient } from './daemon-client.ts';
import { continueAfter, countLines, lastLines, LineCutter, REMEMBERED, wholeLines } from './log-text.ts';
import { RpcError } from './rpc-client.ts';

/** One log of one process. */
export interface LogName {
  /** `group:name`. */
  readonly process: string;
  readonly channel: Channel;
}

export interface FollowOptions {
  /** How many existing lines to begin with. */
  readonly lines: number;
  /** Called with each line, without its line end. Lines of more than 64 KiB come in pieces. */
  readonly onLine: (line: string) => void;
  /** Called with a note that is not part of the log: the daemon is unreachable, lines may be missing. */
  readonly onProblem: (problem: string) => void;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** How much of the end of its log a daemon sends first (tsvd and Supervisor). If less arrives, it is the whole log. */
const HEAD = 1_024;
/** The most bytes to read back for existing lines. */
const FARTHEST = 8 * 1_048_576;
const RETRY_MS = 1_000;

/**
 * Follows a log until `signal` is aborted: its last lines, then every line once, even if the daemon was unreachable in
 * between. The daemon sends the end of the log at each connection; output continues after the part that was already
 * shown.
 * @throws RpcError if the daemon requires a password, or another one.
 */
export async function followLog(daemon: DaemonClient, log: LogName, options: FollowOptions): Promise<void> {
  await new Follower(daemon, log, options).run();
}

class Follower {
  readonly #daemon: DaemonClient;
  readonly #log: LogName;
  readonly #options: FollowOptions;
  readonly #cutter = new LineCutter();
  /** The end of what was shown. `undefined`: nothing yet. */
  #seen: Buffer | undefined;
  #problem: string | undefined;

  constructor(daemon: DaemonClient, log: LogName, options: FollowOptions) {
    this.#daemon = daemon;
    this.#log = log;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal, clock = systemClock } = this.#options;
    while (!signal.aborted) {
      let isHead = true;
      const take = async (chunk: Buffer): Promise<void> => {
        this.#problem = undefined;
        const isFirst = isHead;
        isHead = false;
        this.#show(isFirst ? await this.#join(chunk) : chunk);
      };
      try {
        await this.#daemon.connection.stream(logPath(this.#log), take, signal);
        if (!signal.aborted) this.#reportOnce('the daemon has closed the log; trying again');
      } catch (error) {
        if (!(error instanceof RpcError) || error.failure.kind === 'unauthorized') throw error;
        const isMissing = error.failure.kind === 'status' && error.failure.status === 404;
        this.#reportOnce(isMissing ? 'has no log yet' : `${error.message}; trying again`);
      }
      await pause(clock, RETRY_MS, signal);
    }
  }

  #show(bytes: Buffer): void {
    const seen = Buffer.concat([this.#seen ?? Buffer.alloc(0), bytes.subarray(-REMEMBERED)]);
    this.#seen = seen.subarray(-REMEMBERED);
    for (const line of this.#cutter.cut(bytes)) this.#options.onLine(line);
  }

  /** The part of a connection's beginning that is new. */
  async #join(head: Buffer): Promise<Buffer> {
    return this.#seen === undefined ? await this.#begin(head) : await this.#resume(this.#seen, head);
  }

  async #begin(head: Buffer): Promise<Buffer> {
    const { lines } = this.#options;
    if (head.length < HEAD) return lastLines(head, lines);
    const known = wholeLines(head);
    if (countLines(known) >= lines) return lastLines(known, lines);
    const earlier = await readLastLines(this.#daemon, this.#log, lines).catch(() => undefined);
    // The log may have grown in the meantime, and the growth is still to come.
    const at = earlier?.lastIndexOf(head) ?? -1;
    return earlier === undefined || at === -1
      ? lastLines(known, lines)
      : lastLines(wholeIfCut(earlier.subarray(0, at + head.length), lines), lines);
  }

  async #resume(seen: Buffer, head: Buffer): Promise<Buffer> {
    const rest = continueAfter(seen, head);
    if (rest !== undefined) return rest;
    if (head.length < HEAD) return head; // another log: all of it is new
    const { process, channel } = this.#log;
    const longer = await this.#daemon.readLog(process, channel, FARTHEST).catch(() => Buffer.alloc(0));
    const at = longer.lastIndexOf(head);
    const missed = at === -1 ? undefined : continueAfter(seen, longer.subarray(0, at + head.length));
    if (missed !== undefined) return missed;
    this.#options.onProblem('the log was rotated or emptied while nobody listened; some lines may be missing');
    return wholeLines(head);
  }

  #reportOnce(problem: string): void {
    if (problem !== this.#problem) this.#options.onProblem(problem);
    this.#problem = problem;
  }
}

/** Where the daemon serves a log as an endless page. */
export function logPath({ process, channel }: LogName): string {
  return `/logtail/${encodeURIComponent(process).replaceAll('%3A', ':')}/${channel}`;
}

/** The end of a log with at least so many lines, if it has them, and not much more. */
export async function readLastLines(
  daemon: DaemonClient,
  { process, channel }: LogName,
  lines: number,
): Promise<Buffer> {
  for (let bytes = 16_384; ; bytes *= 8) {
    const text = await daemon.readLog(process, channel, bytes);
    const isWhole = text.length < bytes;
    if (isWhole || countLines(text) > lines || bytes >= FARTHEST) return text;
  }
}

/** A text of the full requested length may begin within a line; a shorter one is the whole log. */
function wholeIfCut(text: Buffer, lines: number): Buffer {
  return countLines(text) > lines ? wholeLines(text) : text;
}
