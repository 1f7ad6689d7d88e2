import { spawnSync } from 'node:child_process';

/** Whether a test runs in CI, by the variable that CI systems set. `CI=` and `CI=false` say that it does not. */
export function isCi(env: NodeJS.ProcessEnv = process.env): boolean {
  return !['', '0', 'false'].includes(env['CI'] ?? '');
}

/**
 * Whether a test has to be skipped, because what it compares with is not on this machine: says so loudly on a user's machine, and throws
 * in CI, where `.ci/run` installs everything. `untested`: what nobody has looked at then.
 */
export function isMissing(what: string, isThere: boolean, untested: string): boolean {
  if (isThere) return false;
  if (isCi()) throw new Error(`CI needs ${what}, which is not here: ${untested}`);
  console.warn(`SKIPPED: ${what} is not here: ${untested}`);
  return true;
}

/** Whether a command is there and succeeds. */
export function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
