/** The variables that systemd sets for a service. sd_notify(3), sd_watchdog_enabled(3). */
export interface ServiceEnvironment {
  /** The address for messages: a path, or `@name` in the abstract namespace. */
  readonly socket: string;
  /** The watchdog period; `undefined` if systemd does not watch this process. */
  readonly watchdogMs: number | undefined;
}

/** Variables for the service itself, not for the programs that it runs. */
export const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/**
 * Reads the variables that are meant for the process `pid`; a watchdog of another process is ignored. `undefined` if
 * systemd did not start this service, or wants no messages.
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
