import { errorsOf, type ErrorTable } from '../../core/index.ts';

/** Errors of this plugin, each with its text. They make one start of a process fail, which may be tried again. */
export const FCGI_ERRORS = {
  /** Somebody listens on the unix socket already. */
  TSV_FCGI_IN_USE: (url: string) =>
    `${url} is served by another program; stop that one first, or choose another socket`,
  /** The path of a unix socket is taken by something that is not a socket, and is left alone. */
  TSV_FCGI_IN_THE_WAY: (url: string) =>
    `${url}: the file exists and is not a socket; move it away or choose another socket`,
  /** The socket cannot be made, or not be given its owner and mode. */
  TSV_FCGI_SOCKET: (url: string, reason: string) => `cannot listen on ${url}: ${reason}`,
  /** The host of a TCP socket has no IPv4 address. */
  TSV_FCGI_HOST: (url: string, reason: string) => `cannot listen on ${url}: no address for its host: ${reason}`,
  /** Without koffi there is no way to make a socket for others. */
  TSV_FCGI_UNSUPPORTED: (url: string, reason: string) =>
    `cannot listen on ${url}: fcgi-programs need system calls that are not available here: ${reason}`,
} as const satisfies ErrorTable;

export type FcgiErrorCode = keyof typeof FCGI_ERRORS;

/** The error of one of these codes. */
export const fcgiError = errorsOf(FCGI_ERRORS);
