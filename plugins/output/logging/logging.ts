import * as v from 'valibot';
import {
  changeTables,
  countDescriptors,
  isRunning,
  isStopped,
  namespec,
  Observers,
  reasonOf,
  useUtcOffset,
  type Process,
  type ProcessConfig,
  type ProcessView,
  type Supervisor,
} from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import type { OutputObservers } from './capture/channel-output.ts';
import { needsNewPipes, type AutoLogPaths } from './capture/channel-settings.ts';
import { ProcessLogs, type ProcessLogsContext } from './capture/process-logs.ts';
import { ActivityLog } from './daemon-log/activity-log.ts';
import type { DaemonSettings } from './daemon-log/daemon-settings.ts';
import type { Syslog } from './capture/syslog-sink.ts';
import type { Log } from './daemon-log/level.ts';
import { openSyslog } from './daemon-log/system-log.ts';
import { briefly } from './errno.ts';
import { stateService, type StateSlice } from '../../host/persist/index.ts';
import { loggingError } from './errors.ts';
import { removeAutoLogs } from './file/auto-log.ts';
import { BlockedLogs } from './file/blocked-logs.ts';
import { Compressor } from './file/compressor.ts';
import { DRAIN_LIMIT_MS, Targets } from './file/targets.ts';
import { getLoggingHooks } from './hooks.ts';
import { descriptorWarning } from './pipe/descriptor-warning.ts';
import { ProcessIo } from './pipe/process-io.ts';
import { sharePipes, type SharedPipes } from './pipe/shared-pipes.ts';
import type { Observable, OutputListener } from './service.ts';

const KeptLogs = v.object({ stdout: v.exactOptional(v.string()), stderr: v.exactOptional(v.string()) });

/**
 * Pipes and logs of one supervisor and its processes, from the `start` hook to `shutdown`. LoggingPlugin calls it from
 * its taps.
 */
export class Logging {
  readonly activity: ActivityLog;
  readonly log: Log = (level, text) => this.activity.write(level, text);
  readonly observers: OutputObservers;
  readonly #supervisor: Supervisor;
  readonly #readSettings: () => DaemonSettings;
  readonly #targets: Targets;
  readonly #blocked: BlockedLogs;
  readonly #processes = new Map<string, Attached>();
  #context: ProcessLogsContext | undefined;
  #pipes: SharedPipes | undefined;
  #compressor: Compressor | undefined;
  /** Set by `open`. Nothing is sent before. */
  #syslog: Syslog = () => undefined;
  #isOpen = false;

  /** Opens nothing. */
  constructor(supervisor: Supervisor, readSettings: () => DaemonSettings) {
    this.#supervisor = supervisor;
    this.#readSettings = readSettings;
    const { clock, events } = supervisor;
    const observersOf = (what: Observable) => new Observers<Parameters<OutputListener>>(events, what);
    this.observers = {
      output: observersOf('output'),
      logEvent: observersOf('logEvent'),
      captured: observersOf('captured'),
    };
    this.#blocked = new BlockedLogs(events);
    this.#targets = new Targets({
      clock,
      report: this.log,
      blocked: (file, reason) => this.#blocked.set(file, reason),
      dropped: (file, bytes) => events.emit('log:dropped', { file, bytes }),
      compress: (path, backups) => this.#compressorNow().add(path, backups),
    });
    this.activity = new ActivityLog({ clock, targets: this.#targets, syslog: (text) => this.#syslog(text) });
  }

  /** Why a program has to wait with its output, in words; `undefined`: it need not. */
  blockOf(process: ProcessView): string | undefined {
    return this.#blocked.isEmpty ? undefined : this.#blocked.reasonFor(this.logsOf(process)?.paths ?? []);
  }

  /** @throws TSV_PIPE, TSV_LOG_OPEN, TSV_LOG_UNWRITABLE. */
  async open(): Promise<void> {
    const { settings } = this.#contextNow();
    const posix = await loadSystemCalls();
    if (posix !== undefined) useUtcOffset(posix.utcOffset);
    this.#syslog = openSyslog(posix, { clock: this.#supervisor.clock, warn: (problem) => this.log('WARN', problem) });
    this.#pipes = sharePipes(posix, {
      clock: this.#supervisor.clock,
      state: () => this.#supervisor.use(stateService),
    });
    await this.activity.open(settings);
    if (!settings.nocleanup) {
      const kept = new Set([...this.#processes.values()].flatMap(({ logs }) => Object.values(logs.autoLogs)));
      for (const problem of removeAutoLogs(settings, kept)) this.log('WARN', problem);
    }
    this.#openChildLogs();
    this.#isOpen = true;
    this.warnOfDescriptors();
  }

  /** Warns if too few descriptors are free for the programs that do not run yet. */
  warnOfDescriptors(): void {
    const stopped = [...this.#processes.values()].filter(({ process }) => !isRunning(process.state));
    const needed = stopped.reduce((sum, { logs }) => sum + logs.descriptors, 0);
    const warning = descriptorWarning({ needed, programs: stopped.length }, countDescriptors());
    if (warning !== undefined) this.log('WARN', warning);
  }

  /** A process was added: gives names to its logs. */
  attach(process: Process): void {
    this.#attach(process, undefined);
  }

  detach(process: ProcessView): void {
    const known = this.#processes.get(keyOf(process));
    if (known === undefined) return;
    this.#processes.delete(keyOf(process));
    this.#autoLogs?.delete(namespec(process));
    this.#close(known, undefined);
  }

  /** The process has stopped: closes its pipes and files, unless it is started again in the same turn. */
  stopped(process: ProcessView): void {
    setImmediate(() => {
      const known = this.#processes.get(keyOf(process));
      if (known === undefined || !isStopped(known.process.state)) return;
      try {
        known.io.closeIdle();
        known.logs.closeIdle();
      } catch (error) {
        this.log('ERRO', `cannot close the pipes of ${process.name}: ${reasonOf(error)}`);
      }
    });
  }

  /** The configuration has changed: new limits apply at once, new logs and pipes from the next start on. */
  reconfigured(process: Process, before: ProcessConfig): void {
    const known = this.#processes.get(keyOf(process));
    if (known === undefined) return;
    known.logs.updateLimits();
    known.isOutdated ||= needsNewPipes(before, process.config, changeTables(this.#supervisor.plugins));
  }

  /** The pipes for the next child. @throws the error of the system call if an AUTO log cannot be created. */
  ioForStart(process: ProcessView): ProcessIo | undefined {
    const known = this.#processes.get(keyOf(process));
    if (known?.isOutdated !== true) return known?.io;
    const renewed = this.#attach(known.process, known.logs);
    this.#close(known, renewed.logs);
    return renewed.io;
  }

  #attach(process: Process, predecessor: ProcessLogs | undefined): Attached {
    const inherited = predecessor?.autoLogs ?? this.#logsOfPreviousDaemon(process);
    const logs = new ProcessLogs(process, this.#contextNow(), inherited);
    if (Object.keys(logs.autoLogs).length > 0) this.#autoLogs?.set(namespec(process), logs.autoLogs);
    if (this.#isOpen) logs.createAutoLogs(); // `open` removes the old ones first
    const attached: Attached = {
      process,
      logs,
      io: new ProcessIo(process, logs, () => this.#sharedPipes()),
      isOutdated: false,
    };
    this.#processes.set(keyOf(process), attached);
    return attached;
  }

  /** The names of AUTO logs, for the next daemon if this one is killed. */
  get #autoLogs(): StateSlice | undefined {
    return this.#supervisor.use(stateService)?.slice('autoLogs', 1);
  }

  #logsOfPreviousDaemon(process: Process): AutoLogPaths {
    const kept = v.safeParse(KeptLogs, this.#autoLogs?.previous.get(namespec(process)));
    return kept.success ? kept.output : {};
  }

  #close({ io, logs }: Attached, successor: ProcessLogs | undefined): void {
    const close = (): void => {
      io.close();
      logs.close({ isRemoved: true, successor });
    };
    if (io.drain()) close();
    else void this.#drain([io]).then(close);
  }

  /** The process is carried on where another daemon has left off: with its pipes. */
  resumed(process: ProcessView): void {
    this.#processes.get(keyOf(process))?.io.resume();
  }

  logsOf(process: ProcessView): ProcessLogs | undefined {
    return this.#processes.get(keyOf(process))?.logs;
  }

  ioOf(process: ProcessView): ProcessIo | undefined {
    return this.#processes.get(keyOf(process))?.io;
  }

  /** Opens all log files anew under their names. A log that cannot be opened stays in its old file. */
  reopen(): void {
    this.log('INFO', 'supervisord logreopen');
    for (const target of this.#targets.all) {
      try {
        target.reopen();
      } catch (error) {
        this.log('CRIT', `cannot open ${target.path} anew: ${briefly(error)}; the file that was open stays in use`);
      }
    }
  }

  /** Writes all pending output before another version of the daemon takes over. */
  async handOver(): Promise<void> {
    const ios = [...this.#processes.values()].map(({ io }) => io);
    await this.#drain(ios);
    for (const io of ios) io.endOfRun();
    await this.#settle(DRAIN_LIMIT_MS);
    await this.#compressor?.close();
  }

  /** Writes all output and all lines that are still pending, then closes everything. */
  async close(): Promise<void> {
    await this.#drain([...this.#processes.values()].map(({ io }) => io));
    for (const { io } of this.#processes.values()) io.close();
    await this.#settle(DRAIN_LIMIT_MS);
    await this.#compressor?.close();
    for (const { logs } of this.#processes.values()) logs.close({ isRemoved: false });
    this.#processes.clear();
    this.activity.close();
    this.#isOpen = false;
  }

  /** Reads what is left in pipes, at the pace of slow readers of the logs, for at most DRAIN_LIMIT_MS. */
  async #drain(ios: readonly ProcessIo[]): Promise<void> {
    const { clock } = this.#supervisor;
    const end = clock.now() + DRAIN_LIMIT_MS;
    while (ios.map((io) => io.drain()).includes(false) && clock.now() < end) {
      if (!(await this.#settle(end - clock.now()))) return;
    }
  }

  /** Waits for pending writes. `false`: something still could not be written. */
  async #settle(limitMs: number): Promise<boolean> {
    await Promise.all(this.#targets.all.map((target) => target.settled(limitMs)));
    return this.#targets.all.every(({ waiting }) => waiting === 0);
  }

  /** What the logs of all processes share. Settings are read once: a change of them needs a restart of the daemon. */
  #contextNow(): ProcessLogsContext {
    this.#context ??= {
      clock: this.#supervisor.clock,
      targets: this.#targets,
      settings: this.#readSettings(),
      hooks: getLoggingHooks(this.#supervisor),
      observers: this.observers,
      log: this.log,
      syslog: (text) => this.#syslog(text),
      isOutputLogged: () => this.activity.isEnabled('DEBG'),
    };
    return this.#context;
  }

  #sharedPipes(): SharedPipes {
    if (this.#pipes === undefined) throw loggingError('TSV_PIPE', ['the supervisor was not started']);
    return this.#pipes;
  }

  #compressorNow(): Compressor {
    return (this.#compressor ??= new Compressor(this.log));
  }

  #openChildLogs(): void {
    const problems = [...this.#processes.values()].flatMap(({ logs }) => {
      const obstacles = logs.obstacles();
      if (obstacles.length === 0) logs.createAutoLogs();
      return obstacles;
    });
    if (problems.length > 0) throw loggingError('TSV_LOG_UNWRITABLE', [problems, process.getuid?.() ?? 0]);
  }
}

/** `undefined` in reduced mode (docs/reduced-mode.md), which tsvd reports. */
async function loadSystemCalls(): Promise<Posix | undefined> {
  try {
    const { loadPosix } = await import('../../../core/posix.ts');
    return loadPosix();
  } catch {
    return undefined;
  }
}

/** A process with its logs and pipes. */
interface Attached {
  readonly process: Process;
  readonly logs: ProcessLogs;
  readonly io: ProcessIo;
  /** The next start needs new logs and pipes. */
  isOutdated: boolean;
}

function keyOf({ group, name }: { readonly group: string; readonly name: string }): string {
  return `${group}:${name}`;
}
