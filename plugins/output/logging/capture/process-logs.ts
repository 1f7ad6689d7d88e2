import { namespec, type Clock, type Process } from '../../../../core/index.ts';
import { createAutoLog, removeAutoLog } from '../file/auto-log.ts';
import { childLogOf, type ChildLog } from '../tail/log-view.ts';
import { channelLimits, outputSettings, type AutoLogPaths, type ChannelSettings } from './channel-settings.ts';
import { ChannelOutput, type OutputObservers } from './channel-output.ts';
import type { Limits } from '../file/limits.ts';
import type { DaemonSettings } from '../daemon-log/daemon-settings.ts';
import { DirectLog } from '../file/direct-log.ts';
import { formatted } from './format-sink.ts';
import type { LoggingHooks } from '../hooks.ts';
import type { Log } from '../daemon-log/level.ts';
import { lineFormat } from './line-format.ts';
import { linePrefix } from './line-prefix.ts';
import type { LogTarget } from '../file/log-target.ts';
import type { Channel } from '../service.ts';
import type { Sink } from '../sink.ts';
import { stripped } from './strip-ansi.ts';
import { SyslogSink, type Syslog } from './syslog-sink.ts';
import { AUTO_LOG_MODE, LOG_MODE, type Targets } from '../file/targets.ts';
import { obstacleTo } from '../file/writable.ts';

export interface ProcessLogsContext {
  readonly clock: Clock;
  readonly targets: Targets;
  readonly settings: DaemonSettings;
  readonly hooks: LoggingHooks;
  readonly observers: OutputObservers;
  readonly log: Log;
  readonly syslog: Syslog;
  /** Whether output also goes into the activity log. */
  readonly isOutputLogged: () => boolean;
}

interface ChannelLog {
  readonly settings: ChannelSettings;
  readonly target: LogTarget | undefined;
  /** Set once the program writes the file itself. */
  direct: DirectLog | undefined;
}

/**
 * The logs of one process: where its configuration sends stdout and stderr, through which sinks, and within which
 * limits.
 */
export class ProcessLogs {
  readonly isRedirected: boolean;
  readonly #process: Process;
  readonly #context: ProcessLogsContext;
  readonly #channels: Readonly<Record<Channel, ChannelLog>>;
  #limits: Readonly<Record<Channel, Limits>>;
  /** AUTO logs that exist already. */
  readonly #inherited: AutoLogPaths;

  /** `inherited`: AUTO logs from before. A channel that is configured as AUTO again keeps its file. */
  constructor(process: Process, context: ProcessLogsContext, inherited: AutoLogPaths = {}) {
    this.#process = process;
    this.#context = context;
    this.#inherited = inherited;
    const settings = outputSettings(process, context.settings, this.#inherited);
    this.isRedirected = settings.isRedirected;
    this.#channels = { stdout: this.#acquire(settings.stdout), stderr: this.#acquire(settings.stderr) };
    this.#limits = channelLimits(process);
  }

  /** The paths of the AUTO logs, by channel. */
  get autoLogs(): AutoLogPaths {
    const logs = entriesOf(this.#channels).flatMap(([channel, { settings }]) =>
      settings.file?.isAuto === true ? [[channel, settings.file.path] as const] : [],
    );
    return Object.fromEntries(logs);
  }

  /** Reads the limits from the configuration again. They apply from the next write on. */
  updateLimits(): void {
    this.#limits = channelLimits(this.#process);
  }

  /** The paths of all logs. */
  get paths(): readonly string[] {
    return Object.values(this.#channels).flatMap(({ target }) => target?.path ?? []);
  }

  /** The log of a channel; `undefined` where it has none. */
  childLog(channel: Channel): ChildLog | undefined {
    const { target } = this.#channels[channel];
    return target === undefined ? undefined : childLogOf(target);
  }

  /** Creates the AUTO logs. @throws the error of the system call. */
  createAutoLogs(): void {
    const there = new Set(Object.values(this.#inherited));
    for (const path of Object.values(this.autoLogs)) if (!there.has(path)) createAutoLog(path);
  }

  /** How many descriptors the process needs while it runs: stdin, and a pipe and a file for each channel. */
  get descriptors(): number {
    const needOf = ({ settings, target }: ChannelLog): number => (target === undefined || settings.isDirect ? 1 : 2);
    return 1 + needOf(this.#channels.stdout) + (this.isRedirected ? 0 : needOf(this.#channels.stderr));
  }

  /** Closes the files until the next write. */
  closeIdle(): void {
    for (const { target } of Object.values(this.#channels)) target?.closeIdle();
  }

  /** Why logs cannot be written, a message for each. */
  obstacles(): string[] {
    return Object.entries(this.#channels).flatMap(([channel, { settings }]) => {
      const obstacle = settings.file === undefined ? undefined : obstacleTo(settings.file.path);
      return obstacle === undefined
        ? []
        : [`${channel}_logfile of ${this.#process.name}, ${settings.file?.path}: ${obstacle}`];
    });
  }

  /** Builds what receives the output of a channel. @throws what a tap of `sink` throws. */
  connect(channel: Channel, resume: () => void): ChannelOutput {
    const { hooks, observers, log, isOutputLogged } = this.#context;
    const { captureMaxBytes, areEventsEnabled } = this.#channels[channel].settings;
    const process = this.#process;
    const isProtocol = hooks.protocol.call(process.view, channel) === true;
    const sinks = hooks.sink.call(this.#sinks(channel), process.view, channel);
    const options = { captureMaxBytes, areEventsEnabled, isProtocol, isInActivityLog: isOutputLogged() };
    return new ChannelOutput({ process, channel, sinks, options, observers, log, resume });
  }

  /**
   * A descriptor for a program that writes the log of this channel itself; the caller closes it. `undefined` where the
   * output passes through the daemon. @throws if there is no file to write to.
   */
  openDirect(channel: Channel): number | undefined {
    const known = this.#channels[channel];
    const { target, settings } = known;
    if (target === undefined || !settings.isDirect) return undefined;
    if (this.#context.hooks.protocol.call(this.#process.view, channel) === true) {
      throw new Error(`${channel}_direct cannot be used: a plugin speaks with the program on its ${channel}`);
    }
    const { clock, log } = this.#context;
    known.direct ??= new DirectLog(target, { limits: () => this.#limits[channel], clock, log });
    const fd = target.openForProgram();
    known.direct.watch();
    return fd;
  }

  /**
   * Closes the logs: the process was removed or has other logs now, or the daemon ends. `isRemoved`: removes the AUTO
   * logs that the successor does not keep.
   */
  close({ isRemoved, successor }: { readonly isRemoved: boolean; readonly successor?: ProcessLogs | undefined }): void {
    for (const { target, direct } of Object.values(this.#channels)) {
      direct?.close();
      if (target !== undefined) this.#context.targets.release(target);
    }
    if (!isRemoved || this.#context.settings.nocleanup) return;
    const kept = new Set(Object.values(successor?.autoLogs ?? {}));
    for (const [channel, { settings }] of entriesOf(this.#channels)) {
      const { file } = settings;
      if (file?.isAuto === true && !kept.has(file.path)) removeAutoLog(file.path, this.#limits[channel].backups);
    }
  }

  #acquire(settings: ChannelSettings): ChannelLog {
    const { file } = settings;
    if (file === undefined) return { settings, target: undefined, direct: undefined };
    return {
      settings,
      direct: undefined,
      target: this.#context.targets.acquire(file.path, file.isAuto ? AUTO_LOG_MODE : LOG_MODE),
    };
  }

  #sinks(channel: Channel): Sink[] {
    const { settings, target } = this.#channels[channel];
    const sinks: Sink[] = [];
    if (target !== undefined)
      sinks.push(
        this.#formatted(
          channel,
          target.path,
          target.sink(() => this.#limits[channel]),
        ),
      );
    if (settings.toSyslog) sinks.push(new SyslogSink(this.#process.name, this.#context.syslog));
    return this.#context.settings.strip_ansi ? sinks.map(stripped) : sinks;
  }

  #formatted(channel: Channel, path: string, file: Sink): Sink {
    const { format, prefix: text } = this.#channels[channel].settings;
    if (format === 'raw' && text === '') return file;
    const origin = { process: namespec(this.#process.view), stream: channel };
    const prefix = linePrefix(text, origin.process, path);
    return formatted(file, lineFormat(format, origin, prefix), this.#context.clock);
  }
}

function entriesOf<Value>(channels: Readonly<Record<Channel, Value>>): [Channel, Value][] {
  return [
    ['stdout', channels.stdout],
    ['stderr', channels.stderr],
  ];
}
