import {
  changeTables,
  countDescriptors,
  isRunning,
  isStopped,
  Observers,
  reasonOf,
  useUtcOffset,
  type Process,
  type ProcessConfig,
  type ProcessView,
  type Supervisor,
} from '../../core/index.ts';
import type { Posix } from '../../core/posix.ts';
import { ActivityLog, type Outlet } from './daemon-log/activity-log.ts';
import { removeAutoLogs } from './file/auto-log.ts';
import type { DaemonSettings } from './daemon-log/daemon-settings.ts';
import { Compressor } from './file/compressor.ts';
import { descriptorWarning } from './pipe/descriptor-warning.ts';
import { briefly } from './errno.ts';
import { loggingError } from './errors.ts';
import { createFifos, makeFifoByCommand, type Fifos } from './pipe/fifo.ts';
import type { OutputObservers } from './capture/channel-output.ts';
import { getLoggingHooks } from './hooks.ts';
import { needsNewPipes } from './capture/channel-settings.ts';
import { LEVEL_OF_NAME, logBy } from './daemon-log/level.ts';
import { openOutlets } from './daemon-log/outlets.ts';
import { ReadBuffers, type PipeContext } from './pipe/output-pipe.ts';
import { PipeRoom } from './pipe/pipe-room.ts';
import { activityLogOf, type ActivityLogFile } from './tail/log-view.ts';
import { SYSTEM_LOG, SystemLog } from './daemon-log/system-log.ts';
import { ProcessIo, type IoContext } from './pipe/process-io.ts';
import { ProcessLogs, type ProcessLogsContext } from './capture/process-logs.ts';
import type { Observable, OutputListener } from './service.ts';
import { LAST_CHANCE_MS, Targets } from './file/targets.ts';

/** Pipes and logs of one supervisor and its processes, from the `start` hook to `shutdown`. */
export class Logging {
  readonly activity: ActivityLog;
  readonly observers: OutputObservers;
  readonly #supervisor: Supervisor;
  readonly #readSettings: () => DaemonSettings;
  readonly #targets: Targets;
  readonly #processes = new Map<string, Attached>();
  readonly #io: IoContext = { fifos: () => this.#openedFifos(), pipes: () => this.#pipesNow() };
  readonly #log = logBy((level, text) => this.activity.write(level, text));
  #context: ProcessLogsContext | undefined;
  #fifos: Fifos | undefined;
  #pipes: PipeContext | undefined;
  #compressor: Compressor | undefined;
  #posix: Posix | undefined;
  #outlets: readonly Outlet[] = [];
  #file: ActivityLogFile | undefined;
  #isOpen = false;
  #systemLog: SystemLog | undefined;
  #hasSyslogFailed = false;
  /** Logs that cannot be written, and why. */
  readonly #blocks = new Map<string, string>();

  /** Opens nothing. */
  constructor(supervisor: Supervisor, readSettings: () => DaemonSettings) {
    this.#supervisor = supervisor;
    this.#readSettings = readSettings;
    const { clock, events } = supervisor;
    this.activity = new ActivityLog(clock);
    const observersOf = (what: Observable) => new Observers<Parameters<OutputListener>>(events, what);
    this.observers = {
      output: observersOf('output'),
      logEvent: observersOf('logEvent'),
      captured: observersOf('captured'),
    };
    this.#targets = new Targets({
      clock,
      report: (level, text) => this.activity.write(level, text),
      blocked: (file, reason) => this.#blocked(file, reason),
      dropped: (file, bytes) => events.emit('log:dropped', { file, bytes }),
      compress: (path, backups) => this.#compressorNow().add(path, backups),
    });
  }

  /** Why a program waits for one of its logs; `undefined` where it does not. */
  blockOf(process: ProcessView): string | undefined {
    if (this.#blocks.size === 0) return undefined;
    const logs = this.logsOf(process);
    for (const channel of ['stdout', 'stderr'] as const) {
      const path = logs?.childLog(channel)?.path;
      const reason = path === undefined ? undefined : this.#blocks.get(path);
      if (reason !== undefined) return `blocked: cannot write ${path}: ${reason}`;
    }
    return undefined;
  }

  #blocked(file: string, reason: string | undefined): void {
    const { events } = this.#supervisor;
    if (reason === undefined) {
      this.#blocks.delete(file);
      events.emit('log:unblocked', { file });
    } else {
      this.#blocks.set(file, reason);
      events.emit('log:blocked', { file, reason });
    }
  }

  /** @throws TSV_PIPE, TSV_LOG_OPEN, TSV_LOG_UNWRITABLE. */
  async open(): Promise<void> {
    const { settings } = this.#contextNow();
    await this.#loadPosix();
    this.#openFifos();
    await this.#openActivityLog(settings);
    if (!settings.nocleanup) for (const problem of removeAutoLogs(settings)) this.#log.warn(problem);
    this.#openChildLogs();
    this.#isOpen = true;
    this.warnOfDescriptors();
  }

  /** Where the programs that do not run yet would find too few descriptors. */
  warnOfDescriptors(): void {
    const resting = [...this.#processes.values()].filter(({ process }) => !isRunning(process.state));
    const needed = resting.reduce((sum, { logs }) => sum + logs.descriptors, 0);
    const warning = descriptorWarning({ needed, programs: resting.length }, countDescriptors());
    if (warning !== undefined) this.#log.warn(warning);
  }

  /** A process record exists: its logs get their names. */
  attach(process: Process): void {
    this.#attach(process, undefined);
  }

  detach(process: ProcessView): void {
    const known = this.#processes.get(keyOf(process));
    if (known === undefined) return;
    this.#processes.delete(keyOf(process));
    this.#close(known, undefined);
  }

  /** It has come to a state in which it does not run; it may be about to be started again in the same turn. */
  stopped(process: ProcessView): void {
    setImmediate(() => {
      const known = this.#processes.get(keyOf(process));
      if (known === undefined || !isStopped(known.process.state)) return;
      try {
        known.io.rest();
        known.logs.rest();
      } catch (error) {
        this.#log.error(`cannot close the pipes of ${process.name}: ${reasonOf(error)}`);
      }
    });
  }

  /** It has another configuration: new limits act at once, new logs and pipes at its next start. */
  reconfigured(process: Process, before: ProcessConfig): void {
    const known = this.#processes.get(keyOf(process));
    if (known === undefined) return;
    known.logs.takeLimits();
    known.isOutdated ||= needsNewPipes(before, process.config, changeTables(this.#supervisor.plugins));
  }

  /** Its pipes for the next child. @throws the error of the system call where an AUTO log cannot be made. */
  ioForStart(process: ProcessView): ProcessIo | undefined {
    const known = this.#processes.get(keyOf(process));
    if (known?.isOutdated !== true) return known?.io;
    const renewed = this.#attach(known.process, known.logs);
    this.#close(known, renewed.logs);
    return renewed.io;
  }

  #attach(process: Process, predecessor: ProcessLogs | undefined): Attached {
    const logs = new ProcessLogs(process, this.#contextNow(), predecessor);
    if (this.#isOpen) logs.createAutoLogs(); // at the start, old ones are removed first
    const attached: Attached = { process, logs, io: new ProcessIo(process, logs, this.#io), isOutdated: false };
    this.#processes.set(keyOf(process), attached);
    return attached;
  }

  #close({ io, logs }: Attached, successor: ProcessLogs | undefined): void {
    const close = (): void => {
      io.close();
      logs.close({ isRemoved: true, successor });
    };
    if (io.drain()) close();
    else void this.#takeLastWords([io]).then(close);
  }

  logsOf(process: ProcessView): ProcessLogs | undefined {
    return this.#processes.get(keyOf(process))?.logs;
  }

  ioOf(process: ProcessView): ProcessIo | undefined {
    return this.#processes.get(keyOf(process))?.io;
  }

  /** The daemon's own log, where it is a file. */
  get file(): ActivityLogFile | undefined {
    return this.#file;
  }

  /** Opens all log files anew under their names. What cannot be opened goes on in the old file. */
  reopen(): void {
    this.#log.info('supervisord logreopen');
    for (const target of this.#targets.all) {
      try {
        target.reopen();
      } catch (error) {
        this.#log.crit(`cannot open ${target.path} anew: ${briefly(error)}; the file that was open stays in use`);
      }
    }
  }

  /** The last of it: everything that was said until now is written, everything is closed. */
  async close(): Promise<void> {
    await this.#takeLastWords([...this.#processes.values()].map(({ io }) => io));
    for (const { io } of this.#processes.values()) io.close();
    await this.#settle(LAST_CHANCE_MS);
    await this.#compressor?.close();
    for (const { logs } of this.#processes.values()) logs.close({ isRemoved: false });
    this.#processes.clear();
    this.activity.close();
    for (const outlet of this.#outlets) if (outlet.kind === 'log') this.#targets.release(outlet.target);
    this.#outlets = [];
    this.#isOpen = false;
  }

  /** Reads what is left in pipes, as fast as slow readers of the logs take it, but not for ever. */
  async #takeLastWords(ios: readonly ProcessIo[]): Promise<void> {
    const { clock } = this.#supervisor;
    const end = clock.now() + LAST_CHANCE_MS;
    while (ios.map((io) => io.drain()).includes(false) && clock.now() < end) {
      if (!(await this.#settle(end - clock.now()))) return;
    }
  }

  /** `false`: something still could not be written. */
  async #settle(limitMs: number): Promise<boolean> {
    await Promise.all(this.#targets.all.map((target) => target.settled(limitMs)));
    return this.#targets.all.every(({ waiting }) => waiting === 0);
  }

  /** What processes share. Settings are read once: changing them takes a restart. */
  #contextNow(): ProcessLogsContext {
    this.#context ??= {
      clock: this.#supervisor.clock,
      targets: this.#targets,
      settings: this.#readSettings(),
      hooks: getLoggingHooks(this.#supervisor),
      observers: this.observers,
      log: this.#log,
      syslog: (text) => this.#toSyslog(text),
      isOutputTold: () => this.activity.isEnabled('DEBG'),
    };
    return this.#context;
  }

  /** Without the system calls FIFOs are made by a command, there is no syslog, and local time is what Node takes for it. */
  async #loadPosix(): Promise<void> {
    try {
      const { loadPosix } = await import('../../core/posix.ts');
      const posix = loadPosix();
      useUtcOffset(posix.utcOffset);
      this.#posix = posix;
      this.#systemLog = new SystemLog({
        clock: this.#supervisor.clock,
        send: (bytes) => posix.sendDatagram(SYSTEM_LOG, bytes),
        report: (problem) => this.#log.warn(problem),
      });
    } catch {
      this.#posix = undefined; // said by whoever started us; see docs/reduced-mode.md
    }
  }

  /** One is made for trial, so that a machine without a place for pipes is found before any program is started. */
  #openFifos(): void {
    const posix = this.#posix;
    const fifos = createFifos(posix === undefined ? makeFifoByCommand : (path, mode) => posix.makeFifo(path, mode));
    try {
      fifos.tryOut();
    } catch (error) {
      throw loggingError('TSV_PIPE', [reasonOf(error)], error);
    }
    this.#fifos = fifos;
  }

  #openedFifos(): Fifos {
    if (this.#fifos === undefined) throw loggingError('TSV_PIPE', ['the supervisor was not started']);
    return this.#fifos;
  }

  #compressorNow(): Compressor {
    return (this.#compressor ??= new Compressor((level, text) => this.activity.write(level, text)));
  }

  #pipesNow(): PipeContext {
    const posix = this.#posix;
    this.#pipes ??= {
      buffers: new ReadBuffers(),
      room: new PipeRoom(posix && ((fd, bytes) => posix.setPipeSize(fd, bytes))),
      clock: this.#supervisor.clock,
    };
    return this.#pipes;
  }

  async #openActivityLog(settings: DaemonSettings): Promise<void> {
    const { outlets, file } = openOutlets(settings, this.#targets, (text) => this.#toSyslog(text));
    this.#outlets = outlets;
    this.#file = file && activityLogOf(file, () => this.#log.info('reopening log file'));
    await this.activity.open(LEVEL_OF_NAME[settings.loglevel], outlets);
  }

  #openChildLogs(): void {
    const problems = [...this.#processes.values()].flatMap(({ logs }) => {
      const obstacles = logs.obstacles();
      if (obstacles.length === 0) logs.createAutoLogs();
      return obstacles;
    });
    if (problems.length > 0) throw loggingError('TSV_LOG_UNWRITABLE', [problems, process.getuid?.() ?? 0]);
  }

  #toSyslog(text: string): void {
    if (this.#systemLog !== undefined) return this.#systemLog.write(text);
    if (!this.#hasSyslogFailed) {
      this.#hasSyslogFailed = true;
      this.#log.warn('syslog cannot be reached without system calls; what should go there is dropped');
    }
    return undefined;
  }
}

/** A process and what is held for it. */
interface Attached {
  readonly process: Process;
  readonly logs: ProcessLogs;
  readonly io: ProcessIo;
  /** Its next start needs new ones. */
  isOutdated: boolean;
}

function keyOf({ group, name }: { readonly group: string; readonly name: string }): string {
  return `${group}:${name}`;
}
