import { dirname, join, relative } from 'node:path';
import {
  createSpawner,
  reasonOf,
  systemClock,
  Supervisor,
  type Spawner,
  type SupervisorConfig,
} from '../../core/index.ts';
import type { Posix } from '../../core/posix.ts';
import { lookUpUsersAtStart, type Loaded, type Problem } from '../../plugins/config/index.ts';
import { DaemonPlugin, type Ending, type ProcessSignals, type Upgrade } from '../../plugins/host/daemon/index.ts';
import type { StateFolder } from '../../plugins/host/persist/index.ts';
import { loggingService } from '../../plugins/output/logging/index.ts';
import { programEnvironment } from '../environment.ts';
import type { CommandLine } from './arguments.ts';
import { becomeUser } from './identity.ts';
import { Limits } from './limits.ts';
import { load, settingsOf, workingDirectory } from './load.ts';
import { lockConfiguration, type SingleInstance } from './single-instance.ts';
import { systemCalls } from './system-calls.ts';
import { upgradeOf, type Inheritance } from './upgrade.ts';

/** A line for the log, from before the log is open. */
export type Line = { readonly level: 'CRIT' | 'WARN' | 'INFO'; readonly text: string };

/** The input of a run. */
export interface Beginning {
  readonly first: Loaded;
  readonly signals: ProcessSignals;
  /** What the earlier version of this daemon handed over before this process became this program. */
  readonly inherited: Inheritance | undefined;
  /** It has no terminal, and was started by a parent that waited for it. */
  readonly isDaemon: boolean;
  /** The first lines of the log. */
  readonly lines?: readonly Line[];
  /** Called once, when the daemon is ready. */
  readonly onOpen?: () => void;
}

/**
 * Supervises until a shutdown is requested. A restart continues in the same process with the then current
 * configuration. Resolves with the exit code.
 */
export async function runForeground(
  line: CommandLine,
  { first, lines = [], inherited, isDaemon, ...rest }: Beginning,
): Promise<number> {
  const { calls, missing } = await systemCalls();
  const limits = calls && prepare(calls.posix, first);
  const spawner = calls === undefined ? createSpawner() : calls.createPosixSpawner(calls.posix);
  const lock = lockConfiguration(first, calls?.posix); // as root, who may create its folder
  const identity = becomeUser(first.user);
  const known = [
    ...optional(inherited?.failure === undefined ? undefined : aboutFailure(inherited.failure)),
    ...optional(missing === undefined ? undefined : aboutReducedMode(missing)),
    ...optional(lock.notice),
    ...optional(identity),
    ...raisedLimits(limits),
  ];

  // Nothing else may keep the event loop alive: a daemon without a server only waits for signals. This timer never
  // fires.
  const alive = systemClock.setTimer(Infinity, () => undefined);
  try {
    return await superviseInTurn(first, {
      line,
      spawner,
      limits,
      announce: lock.announce,
      ...(lock.folder !== undefined && {
        stateFolder: { path: lock.folder, inherited: inherited?.descriptors ?? new Map<string, number>() },
      }),
      ...(calls !== undefined &&
        lock.folder !== undefined && {
          upgrade: upgradeOf({
            posix: calls.posix,
            stateFolder: lock.folder,
            isDaemon,
            restoreLimits: () => limits?.restore(),
          }),
        }),
      lines: [...known, ...lines],
      ...rest,
    });
  } finally {
    alive.cancel();
    lock.release();
  }
}

/** Runs one configuration after the other. If one cannot be started, the previous one is used again. */
async function superviseInTurn(first: Loaded, { lines, ...run }: Run): Promise<number> {
  let loaded = first;
  let proven: Loaded | undefined;
  const toSay = [...lines];
  for (;;) {
    const said = toSay.splice(0);
    try {
      const { next, exitCode } = await supervise(loaded, { ...run, lines: said });
      if (next === undefined) return exitCode;
      proven = loaded;
      loaded = next;
    } catch (error) {
      // At the first start a person reads the error; later the programs must keep running.
      if (proven === undefined) throw error;
      for (const problem of reasonOf(error).split('\n')) {
        toSay.push({ level: 'CRIT', text: `the new configuration cannot be started, so the old one is: ${problem}` });
      }
      loaded = proven;
      proven = undefined; // if that fails, too, the error is final
    }
  }
}

/** Sets the limits of this process, and prevents inherited descriptors from reaching children. */
function prepare(posix: Posix, { config }: Loaded): Limits {
  posix.closeOnExecFrom(3);
  const limits = new Limits(posix, settingsOf(config));
  limits.cover(config.groups.reduce((sum, { processes }) => sum + processes.length, 0));
  return limits;
}

/** Promise.withResolvers, which Node 20 has not. */
function withResolvers<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: ((value: Value) => void) | undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve?.(value) };
}

interface Run {
  readonly line: CommandLine;
  readonly spawner: Spawner;
  readonly limits: Limits | undefined;
  readonly signals: ProcessSignals;
  readonly lines: readonly Line[];
  readonly announce: SingleInstance['announce'];
  readonly stateFolder?: StateFolder;
  readonly upgrade?: Upgrade;
  readonly onOpen?: () => void;
}

/** How a supervision ended: with the next configuration, or by a shutdown. */
interface Ended {
  readonly next: Loaded | undefined;
  readonly exitCode: number;
}

async function supervise(
  loaded: Loaded,
  { line, spawner, limits, signals, lines, announce, stateFolder, upgrade, onOpen }: Run,
): Promise<Ended> {
  const { promise: ended, resolve: end } = withResolvers<Ended>();
  const next = new LastLoaded(() => load(line));
  const daemon = new DaemonPlugin({
    load: async () => (await load(line)).config,
    prepareRestart: () => next.load(),
    file: loaded.file,
    onEnd: (ending, exitCode) => end({ next: ending === 'restart' ? (next.latest ?? loaded) : undefined, exitCode }),
    pidfile: settingsOf(loaded.config).pidfile,
    signals,
    stateFolder,
    upgrade,
  });
  const supervisor = new Supervisor({
    config: loaded.config,
    plugins: [...loaded.plugins, daemon],
    spawner,
    env: programEnvironment(),
  });
  limits?.follow(supervisor);
  lookUpUsersAtStart(supervisor);
  const logging = supervisor.use(loggingService); // every plugin has been applied
  // Critical lines first, then warnings, then the rest. Supervisor: options.py make_logger.
  for (const { level, text } of [...aboutTheFile(loaded), ...lines].toSorted(bySeverity)) logging?.log(level, text);
  supervisor.events.on('supervisor:state', ({ to }) => {
    if (to !== 'running') return;
    logging?.log('INFO', howToControl(loaded.config));
    const unannounced = announce(loaded.config.serverurl);
    if (unannounced !== undefined) logging?.log('WARN', unannounced);
    onOpen?.();
  });
  let ending: Ending | undefined;
  supervisor.events.on('daemon:ending', (wanted) => (ending = wanted.ending));
  // In parallel: a plugin that hangs in its start must not prevent a shutdown.
  const opened = supervisor.start().catch((error: unknown) => {
    if (ending !== 'shutdown') throw error;
  });
  return await Promise.race([ended, opened.then(() => ended)]);
}

/** The configuration for the next restart: the last one that was read and accepted. */
class LastLoaded {
  readonly #load: () => Promise<Loaded>;
  #asked: Promise<Loaded> | undefined;
  #latest: Loaded | undefined;

  constructor(load: () => Promise<Loaded>) {
    this.#load = load;
  }

  get latest(): Loaded | undefined {
    return this.#latest;
  }

  async load(): Promise<void> {
    const mine = this.#load();
    this.#asked = mine;
    const loaded = await mine;
    if (this.#asked === mine || this.#latest === undefined) this.#latest = loaded; // else a later reading counts
  }
}

const SEVERITY = { CRIT: 0, WARN: 1, INFO: 2 } as const;

function bySeverity(one: Line, other: Line): number {
  return SEVERITY[one.level] - SEVERITY[other.level];
}

function raisedLimits(limits: Limits | undefined): readonly Line[] {
  return limits?.notices.map((text): Line => ({ level: 'INFO', text })) ?? [];
}

function optional<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

/** Supervisor: options.py, what it notes while it parses. */
function aboutTheFile({ included, warnings }: Loaded): Line[] {
  return [
    ...included.map((file): Line => ({ level: 'INFO', text: `Included extra file "${file}" during parsing` })),
    ...warnings.map((warning): Line => ({ level: warning.level ?? 'WARN', text: inTheLog(warning) })),
  ];
}

/** Advice for the next command, in another terminal. */
function howToControl({ serverurl }: SupervisorConfig): string {
  if (serverurl === undefined) return 'no server is configured: this daemon is controlled by signals alone';
  const nearby = relative(workingDirectory(), join(dirname(process.argv[1] ?? ''), '..', 'tsvctl'));
  return `control it from another terminal: ${nearby.startsWith('..') ? 'tsvctl' : nearby} -s ${serverurl} status`;
}

/** The message first: people know it from Supervisor's log and search for it. */
function inTheLog({ message, file, line, section, option }: Problem): string {
  const place = [line === undefined ? file : `${file}:${line}`, section && `[${section}]`, option];
  return `${message} (${place.filter((part) => part).join(' ')})`;
}

function aboutFailure(reason: string): Line {
  const text = `the version that was to take over has failed, so this one goes on: ${reason.replaceAll('\n', '; ')}`;
  return { level: 'CRIT', text };
}

function aboutReducedMode(reason: string): Line {
  const text =
    `system calls are not available (${reason}): programs start more slowly, minfds and minprocs are not` +
    ' checked; see docs/reduced-mode.md';
  return { level: 'WARN', text };
}
