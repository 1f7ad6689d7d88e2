import type { ProcessConfig, UserIdentity } from '../config.ts';
import type { Command } from './command.ts';

/** Everything a spawn needs, as data. The `spawn` hook rewrites it; the spawner carries it out. */
export interface SpawnPlan {
  /** The file to execute. It contains a slash, so PATH is not searched. */
  readonly file: string;
  /** The arguments of the program; the first is its own name. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly umask: number | undefined;
  readonly identity: UserIdentity | undefined;
  /** Descriptors 0, 1, 2 of the child. It gets no other descriptor of the daemon. */
  readonly stdio: readonly [Stdio, Stdio, Stdio];
  /**
   * Registers a function to call once the spawn was carried out or cancelled, to close what was opened for this child.
   * `isTaken`: a child exists and belongs to the process. Attempts may overlap; what one attempt opened is used by it
   * alone.
   */
  readonly defer: (close: (isTaken: boolean) => void) => void;
}

/** A descriptor of the daemon, the daemon's descriptor of the same number, or /dev/null. */
export type Stdio =
  | { readonly kind: 'fd'; readonly fd: number }
  | { readonly kind: 'inherit' }
  | { readonly kind: 'null' };

/** The plan before any tap. With it, output goes where the daemon's own output goes. */
export function initialPlan(
  { file, argv }: Command,
  config: ProcessConfig,
  env: Readonly<Record<string, string>>,
  defer: SpawnPlan['defer'],
): SpawnPlan {
  return {
    file,
    argv,
    env,
    cwd: config.directory,
    umask: config.umask,
    identity: config.user,
    stdio: [{ kind: 'null' }, { kind: 'inherit' }, { kind: 'inherit' }],
    defer,
  };
}

/**
 * The environment of a child: the daemon's, the SUPERVISOR_* variables, then the program's own. Supervisor: process.py
 * _spawn_as_child.
 */
export function childEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  config: ProcessConfig,
  group: string,
  serverurl: string | undefined,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) if (value !== undefined) env[name] = value;
  env['SUPERVISOR_ENABLED'] = '1';
  const url = config.serverurl ?? serverurl;
  if (url !== undefined && url !== '') env['SUPERVISOR_SERVER_URL'] = url;
  env['SUPERVISOR_PROCESS_NAME'] = config.name;
  env['SUPERVISOR_GROUP_NAME'] = group;
  return Object.assign(env, config.environment);
}
