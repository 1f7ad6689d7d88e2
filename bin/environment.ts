import { inheritedEnvironment, startEnvironment } from '../core/index.ts';

/**
 * Node reads environment variables that are meant for the programs: with NODE_OPTIONS=--inspect the daemon would open a
 * debugger, and with a missing --require it would not start. The launcher moves them aside before Node starts
 * (bin/build/launcher.sh has the list). They are not restored in this process, which would read some of them later
 * (NODE_TLS_REJECT_UNAUTHORIZED at every connection), nor for the Node processes that tsvd runs itself.
 */
const PREFIX = 'TSV_HELD_';

type Environment = Readonly<Record<string, string | undefined>>;

const held: Environment = takeHeld();

/** Marks the second process of `tsvd` as the daemon. Removed from the environment before any program is started. */
export const DAEMON_MARK = 'TSVD_DAEMONIZED';

/** Set by a daemon that becomes another version of itself: the descriptors that it hands over, as JSON by name. */
export const INHERITED_MARK = 'TSVD_INHERITED';

/**
 * The environment byte for byte, which Node has decoded. Read now: after a change of the user it may not be readable.
 * The daemon gets it from its parent, which waits for it: Node can only pass on bytes that are valid text.
 */
const original = startEnvironment(
  process.env[DAEMON_MARK] === '1' && process.env[INHERITED_MARK] === undefined ? process.ppid : 'self',
);

/** The command that was started, and the Node that was asked for, as the launcher has them. */
export const launched = { command: take('TSVD_COMMAND'), node: take('TSVD_NODE') };

function take(name: string): string | undefined {
  const value = process.env[name];
  delete process.env[name];
  return value;
}

function takeHeld(): Environment {
  const names = Object.keys(process.env).filter((name) => name.startsWith(PREFIX));
  const taken = names.map((name) => [name.slice(PREFIX.length), process.env[name]]);
  for (const name of names) delete process.env[name];
  return Object.fromEntries(taken);
}

/**
 * What programs inherit, byte for byte, and the values of `%(ENV_X)s`. Later changes by the configuration's code win.
 */
export function programEnvironment(): Record<string, string> {
  return inheritedEnvironment({ ...held, ...process.env }, original);
}

/** For another process of this command, as the launcher would start it. */
export function heldEnvironment(): Environment {
  return Object.fromEntries(Object.entries(held).map(([name, value]) => [`${PREFIX}${name}`, value]));
}
