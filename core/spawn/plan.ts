import type { ProcessConfig, UserIdentity } from '../config.ts';
import type { Command } from './command.ts';

/** Everything a spawn needs, as data: the `spawn` hook rewrites it, the spawner carries it out. */
export interface SpawnPlan {
  /** The file that is executed, with a slash in it: no search is left. */
  readonly file: string;
  /** The words the program sees, its own name first. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly umask: number | undefined;
  readonly identity: UserIdentity | undefined;
  /** What the child finds on descriptors 0, 1, 2. Nothing else of the daemon's reaches it. */
  readonly stdio: readonly [Stdio, Stdio, Stdio];
  /**
   * Registers what to do once the spawn has been tried or given up, by whomever: closing what was opened for this child. `isTaken`: there
   * is a child, and it is the one of the process. Attempts may overlap: what one has opened is for it alone.
   */
  readonly defer: (close: (isTaken: boolean) => void) => void;
}

/** A descriptor of the daemon, its own one of the same number, or /dev/null. */
export type Stdio =
  | { readonly kind: 'fd'; readonly fd: number }
  | { readonly kind: 'inherit' }
  | { readonly kind: 'null' };

/** The plan before any plugin has seen it. Without one, output goes where the daemon's own goes. */
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
 * What a child finds in its environment: the daemon's, the SUPERVISOR_* variables, then the program's own.
 * Supervisor: process.py _spawn_as_child.
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
