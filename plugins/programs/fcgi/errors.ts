import { errorsOf, type ErrorTable } from '../../../core/index.ts';

/** Errors of this plugin, each with its text. They fail one start of a process, which may be retried. */
export const FCGI_ERRORS = {
  /** Another process is listening on the unix socket. */
  TSV_FCGI_IN_USE: (url: string) =>
    `${url} is served by another program; stop that one first, or choose another socket`,
  /** The path of a unix socket exists but is not a socket. It is left alone. */
  TSV_FCGI_IN_THE_WAY: (url: string) =>
    `${url}: the file exists and is not a socket; move it away or choose another socket`,
  /** The socket cannot be created, or its owner and mode cannot be set. */
  TSV_FCGI_SOCKET: (url: string, reason: string) => `cannot listen on ${url}: ${reason}`,
  /** The host of a TCP socket has no IPv4 address. */
  TSV_FCGI_HOST: (url: string, reason: string) => `cannot listen on ${url}: no address for its host: ${reason}`,
  /** Without koffi, a socket for children cannot be created. */
  TSV_FCGI_UNSUPPORTED: (url: string, reason: string) =>
    `cannot listen on ${url}: fcgi-programs need system calls that are not available here: ${reason}`,
} as const satisfies ErrorTable;

export type FcgiErrorCode = keyof typeof FCGI_ERRORS;

/** Makes an error of one of these codes. */
export const fcgiError = errorsOf(FCGI_ERRORS);
