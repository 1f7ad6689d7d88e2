import { dirname, join, relative } from 'node:path';
import {
  createSpawner,
  inheritedEnvironment,
  reasonOf,
  systemClock,
  Supervisor,
  type Spawner,
  type SupervisorConfig,
} from '../../core/index.ts';
import type { createPosixSpawner, Posix } from '../../core/posix.ts';
import type { Loaded, Problem } from '../../plugins/config/index.ts';
import { DaemonPlugin, type Ending } from '../../plugins/daemon/index.ts';
import { LoggingPlugin } from '../../plugins/logging/index.ts';
import { programEnvironment } from '../environment.ts';
import type { CommandLine } from './arguments.ts';
import { becomeUser } from './identity.ts';
import { Limits } from './limits.ts';
import { load, settingsOf, workingDirectory } from './load.ts';

type Line = { readonly level: 'CRIT' | 'WARN' | 'INFO'; readonly text: string };

/**
 * Supervises until asked to end, and begins anew with the configuration as it is then when asked to restart; the
 * process stays the same. `onOpen` is called once, when everything is open for business.
 */
export async function runForeground(line: CommandLine, first: Loaded, onOpen?: () => void): Promise<number> {
  const lines: Line[] = onOpen === undefined ? [] : [{ level: 'INFO', text: 'daemonizing the supervisord process' }];
  const { calls, notice } = await systemCalls();
  if (notice !== undefined) lines.push(notice);
  const limits = calls && prepare(calls.posix, first);
  if (limits?.notice !== undefined) lines.push({ level: 'INFO', text: limits.notice });
  const spawner = calls === undefined ? createSpawner() : calls.createPosixSpawner(calls.posix);
  const identity = becomeUser(first.user);
  if (identity !== undefined) lines.unshift(identity);

  // Nothing else need hold the event loop: a daemon without a server waits for signals alone. This timer never fires.
  const alive = systemClock.setTimer(Infinity, () => undefined);
  try {
    return await superviseInTurn(first, { line, spawner, limits, lines, onOpen });
  } finally {
    alive.cancel();
  }
}

/** One configuration after the other. One that cannot be started gives way to the one before it. */
async function superviseInTurn(first: Loaded, { line, spawner, limits, lines, onOpen }: Run): Promise<number> {
  let loaded = first;
  let proven: Loaded | undefined;
  const toSay = [...lines];
  for (;;) {
    const said = toSay.splice(0);
    try {
      const ending = await supervise(loaded, { line, spawner, limits, lines: said, onOpen });
      if (ending === 'shutdown') return 0;
      proven = loaded;
      loaded = await load(line);
    } catch (error) {
      // At the first start somebody is there to read the error; later the programs need to run.
      if (proven === undefined) throw error;
      for (const problem of reasonOf(error).split('\n')) {
        toSay.push({ level: 'CRIT', text: `the new configuration cannot be started, so the old one is: ${problem}` });
      }
      loaded = proven;
      proven = undefined; // if that fails, too, the error is final
    }
  }
}

/** Sets the limits of this process, and sees to it that no descriptor which it inherited reaches a child. */
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
  /** What the log is to say first. */
  readonly lines: readonly Line[];
  readonly onOpen: (() => void) | undefined;
}

async function supervise(loaded: Loaded, { line, spawner, limits, lines, onOpen }: Run): Promise<Ending> {
  const { promise: ended, resolve: end } = withResolvers<Ending>();
  const daemon = new DaemonPlugin({
    load: async () => (await load(line)).config,
    file: loaded.file,
    onEnd: end,
    pidfile: settingsOf(loaded.config).pidfile,
  });
  const supervisor = new Supervisor({
    config: loaded.config,
    plugins: [...loaded.plugins, daemon],
    spawner,
    env: inheritedEnvironment(programEnvironment()),
  });
  limits?.follow(supervisor);
  const { log } = LoggingPlugin.getHooks(supervisor);
  for (const { level, text } of [...lines, ...aboutTheFile(loaded)]) log.call(level, text);
  supervisor.events.on('supervisor:state', ({ to }) => {
    if (to !== 'running') return;
    log.call('INFO', howToControl(loaded.config));
    onOpen?.();
  });
  await supervisor.start();
  return ended;
}

/** Supervisor: options.py, what it notes while it parses. */
function aboutTheFile({ included, warnings }: Loaded): Line[] {
  return [
    ...included.map((file): Line => ({ level: 'INFO', text: `Included extra file "${file}" during parsing` })),
    ...warnings.map((warning): Line => ({ level: warning.level ?? 'WARN', text: inTheLog(warning) })),
  ];
}

/** What a person types next, in another terminal. */
function howToControl({ serverurl }: SupervisorConfig): string {
  if (serverurl === undefined) return 'no server is configured: this daemon is controlled by signals alone';
  const nearby = relative(workingDirectory(), join(dirname(process.argv[1] ?? ''), '..', 'tsvctl'));
  return `control it from another terminal: ${nearby.startsWith('..') ? 'tsvctl' : nearby} -s ${serverurl} status`;
}

/** The message first: that is what people know from Supervisor's log, and search for. */
function inTheLog({ message, file, line, section, option }: Problem): string {
  const place = [line === undefined ? file : `${file}:${line}`, section && `[${section}]`, option];
  return `${message} (${place.filter((part) => part).join(' ')})`;
}

interface SystemCalls {
  readonly posix: Posix;
  readonly createPosixSpawner: typeof createPosixSpawner;
}

/** Without the system calls the daemon runs all the same, and says what is off. */
async function systemCalls(): Promise<{ calls?: SystemCalls; notice?: Line }> {
  try {
    const module = await import('../../core/posix.ts');
    return { calls: { posix: module.loadPosix(), createPosixSpawner: module.createPosixSpawner } };
  } catch (error) {
    const text =
      `system calls are not available (${reasonOf(error)}): programs start more slowly, minfds and minprocs are not` +
      ' checked; see docs/reduced-mode.md';
    return { notice: { level: 'WARN', text } };
  }
}
