import type { ProcessView } from '../../../core/index.ts';
import type { Channel, LoggingService, Sink } from '../../output/logging/index.ts';
import type { LastOutput } from './record.ts';

/** How much of the end of a stream is read. */
const MAX_BYTES = 8 * 1024;
const MAX_LINES = 20;
/** Of one line. */
const MAX_CHARS = 500;
const CHANNELS: readonly Channel[] = ['stdout', 'stderr'];

/** Where the output of a run begins in its logs, by channel. Earlier bytes belong to earlier runs. */
export type LogStarts = ReadonlyMap<Channel, number>;

/**
 * The last lines that programs printed, from the ends of their log files. Output that goes elsewhere (syslog, the
 * daemon's own stdout) cannot be read again, so the end of it is kept in memory.
 */
export class LastOutputs {
  readonly #logOf: LoggingService['childLog'];
  /** By group, name and channel. */
  readonly #passing = new Map<string, EndOfStream>();

  constructor(logOf: LoggingService['childLog']) {
    this.#logOf = logOf;
  }

  /** The sinks of a channel, plus one that keeps the end of the output if it is not stored in a readable file. */
  addTo(sinks: readonly Sink[], process: ProcessView, channel: Channel): readonly Sink[] {
    if (sinks.length === 0 || this.#fileOf(process, channel) !== undefined) return sinks;
    const end = new EndOfStream();
    this.#passing.set(keyOf(process, channel), end);
    return [...sinks, end];
  }

  /** Call it when a child has been spawned. */
  begin(process: ProcessView): LogStarts {
    const starts = new Map<Channel, number>();
    for (const channel of CHANNELS) {
      this.#passing.get(keyOf(process, channel))?.begin();
      const size = this.#fileOf(process, channel)?.tail(0, 0).offset;
      if (size !== undefined) starts.set(channel, size);
    }
    return starts;
  }

  /** The last lines since then. Streams that printed nothing, or cannot be read, are left out. */
  look(process: ProcessView, starts: LogStarts): LastOutput[] {
    const seen = new Set<string>();
    return CHANNELS.flatMap((channel) => {
      const log = this.#fileOf(process, channel);
      if (log === undefined) return outputOf(channel, this.#passing.get(keyOf(process, channel))?.bytes);
      if (seen.has(log.path)) return []; // both go into one file: reported once
      seen.add(log.path);
      const { offset: size } = log.tail(0, 0);
      const start = starts.get(channel) ?? 0;
      // A log that became shorter was rotated or cleared: all of it is from this run.
      const mine = size >= start ? size - start : size;
      const result = mine === 0 ? undefined : log.read(-Math.min(mine, MAX_BYTES), 0);
      return result?.kind === 'bytes' ? outputOf(channel, result.bytes, log.path) : [];
    });
  }

  forget(process: ProcessView): void {
    for (const channel of CHANNELS) this.#passing.delete(keyOf(process, channel));
  }

  /** The log of a channel where it is a file, and not a device or one of the daemon's own descriptors. */
  #fileOf(process: ProcessView, channel: Channel) {
    const log = this.#logOf(process, channel);
    return log === undefined || /^\/(dev|proc)\//.test(log.path) ? undefined : log;
  }
}

/** Keeps the last bytes of what passes. */
class EndOfStream implements Sink {
  bytes = Buffer.alloc(0);

  begin(): void {
    this.bytes = Buffer.alloc(0);
  }

  write(bytes: Uint8Array): boolean {
    // Copied: the bytes are only valid during the call.
    this.bytes = Buffer.concat([this.bytes, bytes.subarray(-MAX_BYTES)]).subarray(-MAX_BYTES);
    return true;
  }
}

function outputOf(channel: Channel, bytes: Buffer | undefined, file?: string): LastOutput[] {
  const lines = lastLines(bytes ?? Buffer.alloc(0));
  return lines.length === 0 ? [] : [{ channel, lines, ...(file !== undefined && { file }) }];
}

/** Colours, cursor movements, titles and links. An unterminated sequence stays, and is shown spelled out. */
// oxlint-disable-next-line no-control-regex -- escape sequences begin with one
const SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|\r(?=\n)/g;

/** The last lines of a stream. The first line is left out if its beginning is missing and others follow. */
export function lastLines(bytes: Buffer): string[] {
  const lines = bytes.toString().replaceAll(SEQUENCES, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (bytes.length >= MAX_BYTES && lines.length > 1) lines.shift();
  return lines.slice(-MAX_LINES).map((line) => (line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line));
}

function keyOf({ group, name }: ProcessView, channel: Channel): string {
  return `${group}:${name} ${channel}`;
}
