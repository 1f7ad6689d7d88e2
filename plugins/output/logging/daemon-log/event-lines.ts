import { callsOf, describeExit, reasonOf, type EventMap, type Supervisor } from '../../../../core/index.ts';
import type { Level, Log } from './level.ts';

/** A line before it is formatted. */
export interface Entry {
  readonly level: Level;
  readonly text: string;
}

/** Writes a line for each event that Supervisor has one for. */
export function reportEvents({ events }: Supervisor, plugin: string, log: Log): void {
  for (const name of namesOf(LINES)) report(name);

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it ties a payload to its event
  function report<Name extends keyof EventMap>(name: Name): void {
    const linesOf = LINES[name];
    if (linesOf === undefined) return;
    const listener = (payload: EventMap[Name]): void => {
      for (const { level, text } of linesOf(payload)) log(level, text);
    };
    events.on(name, listener, plugin);
  }
}

/** The lines for the events of the core, in Supervisor's words, which scripts and images wait for. */
export const LINES: { readonly [Name in keyof EventMap]?: (payload: EventMap[Name]) => readonly Entry[] } = {
  'process:spawned': ({ process, pid }) => [line('INFO', `spawned: '${process.name}' with pid ${pid}`)],
  'process:spawn-failed': ({ reason }) => [line('INFO', `spawnerr: ${reason}`)],
  'process:state': aboutState,
  'process:resumed': ({ process, pid }) =>
    pid === 0 ? [] : [line('INFO', `resumed: '${process.name}' with pid ${pid}`)],
  'state:notice': ({ level, text }) => [line(level, text)],
  'process:exited': ({ process, exit, expected, asked }) => {
    const how = describeExit(exit);
    if (asked) return [line(expected ? 'INFO' : 'WARN', `stopped: ${process.name} (${how})`)];
    // Whatever the exit code is: a program that did not run for startsecs was not expected to exit.
    const isExpected = expected && process.state !== 'BACKOFF';
    const verdict = isExpected ? 'expected' : 'not expected';
    const exited = line(isExpected ? 'INFO' : 'WARN', `exited: ${process.name} (${how}; ${verdict})`);
    // Supervisor writes this to the program's stderr only.
    const failure = exit.kind === 'code' ? exit.failure : undefined;
    return failure === undefined ? [exited] : [line('INFO', `spawnerr: ${process.name}: ${failure.text}`), exited];
  },
  'process:signalled': aboutSignal,
  'supervisor:waiting': ({ names }) => [line('INFO', `waiting for ${names.map(withoutGroup).join(', ')} to die`)],
  'supervisor:error': ({ where, error }) => [line('ERRO', `${where}: ${reasonOf(error)}`), ...stackOf(error)],
  'plugin:error': ({ plugin, where, error, count }) => {
    const times = count > 1 ? ` (${count} times in a row)` : '';
    return [line('ERRO', `plugin ${plugin} failed in ${where}${times}: ${reasonOf(error)}`), ...stackOf(error)];
  },
  'plugin:held-up': ({ plugin, where, tookMs }) => {
    const seconds = (tookMs / 1000).toFixed(1);
    return [
      line('WARN', `plugin ${plugin} held up the daemon for ${seconds} s in ${where}: nothing else was done meanwhile`),
    ];
  },
  'plugin:disabled': ({ plugin, where, count }) => [
    line('ERRO', `plugin ${plugin} failed ${count} times in a row in ${where} and is not called there any more`),
  ],
};

/** The stack of an error, for the author of the plugin. */
function stackOf(error: unknown): readonly Entry[] {
  return callsOf(error).map((call) => line('DEBG', `  ${call}`));
}

function aboutState({ process, from, cause }: EventMap['process:state']): readonly Entry[] {
  const { name, state, config, pid } = process;
  if (state === 'RUNNING') {
    const seconds = `process has stayed up for > than ${config.startsecs} seconds (startsecs)`;
    return [line('INFO', `success: ${name} entered RUNNING state, ${seconds}`)];
  }
  if (state === 'FATAL') {
    return [line('INFO', `gave up: ${name} entered FATAL state, too many start retries too quickly`)];
  }
  if (state === 'UNKNOWN') return [line('CRIT', `unknown problem killing ${name} (${pid}): ${cause.detail ?? ''}`)];
  if (state === 'STOPPED' && from === 'BACKOFF') {
    return [line('DEBG', `Attempted to kill ${name}, which is in BACKOFF state.`)];
  }
  return [];
}

function aboutSignal({ process, pid, signal, asGroup, why }: EventMap['process:signalled']): readonly Entry[] {
  const { name } = process;
  if (why === 'request') return [line('DEBG', `sending ${name} (pid ${pid}) sig ${signal}`)];
  const detail = line('DEBG', `killing ${name} (pid ${pid}) ${asGroup ? 'process group ' : ''}with signal ${signal}`);
  if (why === 'overdue') return [line('WARN', `killing '${name}' (${pid}) with SIGKILL`), detail];
  if (why === 'unready') return [line('WARN', `killing '${name}' (${pid}): it will not become ready`), detail];
  return [detail];
}

function line(level: Level, text: string): Entry {
  return { level, text };
}

function withoutGroup(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function namesOf<Name extends string>(table: Partial<Record<Name, unknown>>): Name[] {
  // Object.keys forgets the type of the keys; the table has no others.
  return Object.keys(table) as Name[];
}
