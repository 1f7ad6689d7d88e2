/** Exit codes of the client, under supervisorctl's names. Scripts and init systems depend on the numbers. */
export const EXIT = {
  success: 0,
  failure: 1,
  invalidArguments: 2,
  /** The daemon has no `supervisor` namespace. */
  unimplemented: 3,
  /** `status`: something shown is not running. */
  statusNotRunning: 3,
  /** `status`: an unknown name, or no daemon answers. */
  statusUnknown: 4,
  /** The daemon refuses the connection. */
  refused: 4,
  /** The daemon speaks another version of the interface. */
  wrongVersion: 5,
  /** A process, or the daemon, does not run. */
  notRunning: 7,
} as const;
