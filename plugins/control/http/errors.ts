import { errorsOf, type ErrorTable } from '../../../core/index.ts';

/** Errors of this plugin, each with its text. All of them prevent the start of the daemon. */
export const HTTP_ERRORS = {
  /** A server is already listening at the address. The sentence is Supervisor's: scripts search for it. */
  TSV_HTTP_IN_USE: (address: string) =>
    'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
    `Shut this program down first before starting supervisord. (${address})`,
  /** The path of a unix socket exists but is not a socket. It is left alone. */
  TSV_HTTP_IN_THE_WAY: (file: string) => `${file} exists and is not a socket; move it away or choose another file`,
  /** A unix socket cannot be made. */
  TSV_HTTP_SOCKET: (file: string, reason: string) => `cannot make the socket ${file}: ${reason}`,
  /** The kernel has 107 bytes for the path of a socket. */
  TSV_HTTP_PATH_TOO_LONG: (file: string, bytes: number) =>
    `the socket path ${file} has ${bytes} bytes, and a socket may have at most 107; choose a shorter one`,
  /** The socket cannot be given to the owner that chown= names. */
  TSV_HTTP_CHOWN: (file: string, owner: string, reason: string) =>
    `cannot give the socket ${file} to ${owner} (chown): ${reason}`,
  /** A TCP address cannot be listened on. */
  TSV_HTTP_LISTEN: (address: string, reason: string) => `cannot listen on ${address}: ${reason}`,
  /** Anyone who reaches the port could control every program. */
  TSV_HTTP_NO_PASSWORD: (section: string, address: string) =>
    `${section} would listen on ${address} without a password, and so let everybody in the network control all ` +
    'programs; set username and password, or listen on 127.0.0.1',
  /** One of username and password is missing. */
  TSV_HTTP_HALF_PASSWORD: (section: string, missing: string) => `${section}: ${missing} is missing`,
  /** A read-only account is useless if everybody may do everything. */
  TSV_HTTP_VIEWER_ALONE: (section: string) =>
    `${section} has a viewer_username and no username, so everybody could do everything without it; set username and password, too`,
  /** Two accounts cannot have the same name. */
  TSV_HTTP_VIEWER_TWICE: (section: string, name: string) =>
    `${section}: username and viewer_username are both ${name}; choose another name for the viewer`,
} as const satisfies ErrorTable;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

/** Makes an error of one of these codes. */
export const httpError = errorsOf(HTTP_ERRORS);
