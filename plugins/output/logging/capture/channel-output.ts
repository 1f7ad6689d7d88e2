import { reasonOf, type Observers, type Process } from '../../../../core/index.ts';
import type { Log } from '../daemon-log/level.ts';
import type { Channel, Observable, OutputListener } from '../service.ts';
import type { Sink } from '../sink.ts';
import { Capture } from './capture.ts';
import { textOf } from './output-text.ts';

/** The observers of output, by what they observe. */
export type OutputObservers = Readonly<Record<Observable, Observers<Parameters<OutputListener>>>>;

interface ChannelOptions {
  /** The channel carries a plugin's protocol: its output is logged, but neither captured nor emitted as log events. */
  readonly isProtocol: boolean;
  /** Bytes to keep of a captured message; 0: nothing is captured. */
  readonly captureMaxBytes: number;
  readonly areEventsEnabled: boolean;
  /** Whether the activity log gets the output as well. Supervisor: loglevel debug. */
  readonly isInActivityLog: boolean;
}

interface ChannelParts {
  readonly process: Process;
  readonly channel: Channel;
  readonly sinks: readonly Sink[];
  readonly options: ChannelOptions;
  readonly observers: OutputObservers;
  readonly log: Log;
  /** Called when all sinks accept bytes again. */
  readonly resume: () => void;
}

/**
 * Passes the output of one channel to its sinks and then to its observers. Creates objects and strings only where
 * somebody observes.
 */
export class ChannelOutput {
  readonly #parts: ChannelParts;
  readonly #sinks: readonly Sink[];
  readonly #capture: Capture | undefined;
  /** How many sinks accept no more bytes at the moment. */
  #waiting = 0;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.#sinks = parts.sinks;
    const { captureMaxBytes, isProtocol } = parts.options;
    if (captureMaxBytes === 0 || isProtocol) return;
    this.#capture = new Capture(captureMaxBytes, {
      log: (bytes) => this.#writeToSinks(bytes),
      inside: (bytes) => this.#emitLogEvent(bytes),
      captured: (bytes) => this.#emitCaptured(bytes),
    });
  }

  /**
   * The path of bytes from the pipe to the file, once for every read:
   *
   * 1. {@link OutputPipe} (pipe/output-pipe.ts) has read them from the child's pipe into a buffer that all pipes share.
   * 2. With `…_capture_maxbytes`, {@link Capture} takes out what stands between the tags.
   * 3. Each sink gets the rest. The sink of a log file (`LogTarget.sink` in file/log-target.ts) calls
   *    `LogTarget.write`: it rotates when a new hour, day or week has begun (file/rotation.ts), calls write(2)
   *    (file/log-handle.ts), and rotates when the file is full. With `strip_ansi` and `…_log_format`, strip-ansi.ts and
   *    format-sink.ts stand in front of that sink.
   * 4. The observers get the bytes as the child wrote them.
   *
   * All of it is synchronous. The answer `false` stops the reading until `resume`: a sink could not write everything
   * and keeps the rest (file/backlog.ts).
   */
  consume(bytes: Uint8Array): boolean {
    if (this.#capture === undefined) this.#writeToSinks(bytes);
    else this.#capture.push(bytes);
    const { process, channel, observers } = this.#parts;
    if (!observers.output.isEmpty) observers.output.call(process.view, channel, bytes);
    return this.#waiting === 0;
  }

  #writeToSinks(bytes: Uint8Array): void {
    for (const sink of this.#sinks) {
      try {
        if (!sink.write(bytes, this.#ready)) this.#waiting += 1;
      } catch (error) {
        this.#reportFault(error);
      }
    }
    this.#emitLogEvent(bytes);
  }

  readonly #ready = (): void => {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#parts.resume();
  };

  /** Whether a sink, a plugin or the activity log needs the output. */
  get isNeeded(): boolean {
    const { options, observers } = this.#parts;
    const isLogged = this.#sinks.length > 0 || this.#capture !== undefined || options.isInActivityLog;
    return isLogged || options.isProtocol || options.areEventsEnabled || !observers.output.isEmpty;
  }

  /** Before a start. @throws when a sink has nowhere to write to. */
  prepare(): void {
    for (const sink of this.#sinks) sink.prepare?.();
  }

  endOfRun(): void {
    this.#capture?.flush();
    for (const sink of this.#sinks) this.#guarded(() => sink.endOfRun?.());
  }

  close(): void {
    for (const sink of this.#sinks) this.#guarded(() => sink.close?.());
  }

  #emitLogEvent(bytes: Uint8Array): void {
    const { process, channel, options, observers, log } = this.#parts;
    const { areEventsEnabled, isProtocol, isInActivityLog } = options;
    if (areEventsEnabled && !isProtocol && !observers.logEvent.isEmpty) {
      observers.logEvent.call(process.view, channel, bytes);
    }
    if (isInActivityLog) log('DEBG', `'${process.name}' ${channel} output:\n${textOf(bytes)}`);
  }

  #emitCaptured(bytes: Uint8Array): void {
    const { process, channel, observers, log } = this.#parts;
    observers.captured.call(process.view, channel, bytes);
    log('DEBG', `'${process.name}' ${channel} emitted a comm event`);
  }

  /** A sink of another plugin that throws must not reach the event loop. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#reportFault(error);
    }
  }

  #reportFault(error: unknown): void {
    const { process, channel, log } = this.#parts;
    log('ERRO', `a sink of ${process.name} ${channel} failed: ${reasonOf(error)}`);
  }
}
