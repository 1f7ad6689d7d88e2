import { reasonOf, type Observers, type Process } from '../../../core/index.ts';
import { Capture } from './capture.ts';
import type { Log } from '../daemon-log/level.ts';
import type { Channel, Observable, OutputListener } from '../service.ts';
import type { Sink } from '../sink.ts';
import { textOf } from './output-text.ts';

/** Those who observe output, by what they observe. */
export type OutputObservers = Readonly<Record<Observable, Observers<Parameters<OutputListener>>>>;

export interface ChannelOptions {
  /** It speaks with a plugin: never captured, never announced. */
  readonly isProtocol: boolean;
  /** Bytes to keep of a captured message; 0: nothing is captured. */
  readonly captureMaxBytes: number;
  readonly areEventsEnabled: boolean;
  /** Whether output also goes into the activity log, as Supervisor has it at loglevel debug. */
  readonly isTold: boolean;
}

/**
 * What becomes of the output of one channel: sinks first, in order, then those who asked for it. Bytes turn into objects
 * and strings only where somebody wants them.
 */
export class ChannelOutput {
  readonly #process: Process;
  readonly #channel: Channel;
  readonly #options: ChannelOptions;
  readonly #sinks: readonly Sink[];
  readonly #observers: OutputObservers;
  readonly #log: Log;
  readonly #capture: Capture | undefined;
  /** Called when every sink takes bytes again. */
  readonly #resume: () => void;
  /** How many sinks want no more. */
  #waiting = 0;

  constructor(
    {
      process,
      channel,
      sinks,
      options,
    }: { process: Process; channel: Channel; sinks: readonly Sink[]; options: ChannelOptions },
    { observers, log, resume }: { observers: OutputObservers; log: Log; resume: () => void },
  ) {
    this.#process = process;
    this.#channel = channel;
    this.#sinks = sinks;
    this.#options = options;
    this.#observers = observers;
    this.#log = log;
    this.#resume = resume;
    this.#capture =
      options.captureMaxBytes === 0 || options.isProtocol
        ? undefined
        : new Capture(options.captureMaxBytes, {
            log: (bytes) => this.#logged(bytes),
            inside: (bytes) => this.#tell(bytes),
            captured: (bytes) => this.#captured(bytes),
          });
  }

  /** Whether anybody wants to know what the program writes: a sink, or another plugin. */
  get isHeard(): boolean {
    const { isProtocol, isTold, areEventsEnabled } = this.#options;
    const isWanted = this.#sinks.length > 0 || this.#capture !== undefined || isProtocol || isTold;
    return isWanted || areEventsEnabled || !this.#observers.output.isEmpty;
  }

  /** Before a start. Throws: there is nowhere to write to. */
  prepare(): void {
    for (const sink of this.#sinks) sink.prepare?.();
  }

  /** `false`: stop reading until `resume`. */
  consume(bytes: Uint8Array): boolean {
    if (this.#capture === undefined) this.#logged(bytes);
    else this.#capture.push(bytes);
    const { output } = this.#observers;
    if (!output.isEmpty) output.call(this.#process.view, this.#channel, bytes);
    return this.#waiting === 0;
  }

  endOfRun(): void {
    this.#capture?.flush();
    for (const sink of this.#sinks) this.#guarded(() => sink.endOfRun?.());
  }

  close(): void {
    for (const sink of this.#sinks) this.#guarded(() => sink.close?.());
  }

  #logged(bytes: Uint8Array): void {
    for (const sink of this.#sinks) {
      try {
        if (!sink.write(bytes, this.#ready)) this.#waiting += 1;
      } catch (error) {
        this.#fault(error);
      }
    }
    this.#tell(bytes);
  }

  #tell(bytes: Uint8Array): void {
    const { areEventsEnabled, isProtocol, isTold } = this.#options;
    const { logEvent } = this.#observers;
    if (areEventsEnabled && !isProtocol && !logEvent.isEmpty) {
      logEvent.call(this.#process.view, this.#channel, bytes);
    }
    if (isTold) this.#log('DEBG', `'${this.#process.name}' ${this.#channel} output:\n${textOf(bytes)}`);
  }

  #captured(bytes: Uint8Array): void {
    this.#observers.captured.call(this.#process.view, this.#channel, bytes);
    this.#log('DEBG', `'${this.#process.name}' ${this.#channel} emitted a comm event`);
  }

  readonly #ready = (): void => {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#resume();
  };

  /** A sink of another plugin that throws must not reach the event loop. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    this.#log('ERRO', `a sink of ${this.#process.name} ${this.#channel} failed: ${reasonOf(error)}`);
  }
}
