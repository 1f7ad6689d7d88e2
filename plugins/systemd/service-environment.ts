/** What systemd has put into the environment of a service. sd_notify(3), sd_watchdog_enabled(3). */
export interface ServiceEnvironment {
  /** Where messages go: a path, or `@name` in the abstract namespace. */
  readonly socket: string;
  /** How often systemd wants to hear from this process; `undefined` where it does not watch it. */
  readonly watchdogMs: number | undefined;
}

/** What concerns the service alone and not the programs that it runs. */
export const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/**
 * The variables as far as they are meant for the process `pid`: a watchdog of another one is none of ours. `undefined`
 * where systemd did not start this service, or wants to hear nothing.
 */
export function readServiceEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): ServiceEnvironment | undefined {
  const socket = env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return undefined;
  const isOurs = env['WATCHDOG_PID'] === undefined || env['WATCHDOG_PID'] === String(pid);
  const microseconds = Number(env['WATCHDOG_USEC']);
  return {
    socket,
    watchdogMs: isOurs && Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 1000 : undefined,
  };
}
