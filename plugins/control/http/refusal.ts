import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';

export interface RefusalDetails {
  /** The error code for programs: `BAD_NAME`. By default it is made from the status: `NOT_FOUND`. */
  readonly code?: string;
  /** Sent in the status line, for clients that show nothing else. Printable ASCII. */
  readonly reason?: string;
  /** The single problems, if the message has several. Only sent as JSON. */
  readonly problems?: readonly string[];
}

/** Ends a request with a status other than 200. Handlers may throw one; anything else they throw is a 500. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly code: string;
  readonly reason: string;
  readonly problems: readonly string[] | undefined;

  constructor(status: number, text: string, headers: OutgoingHttpHeaders = {}, details: RefusalDetails = {}) {
    super(text);
    this.status = status;
    this.headers = headers;
    this.problems = details.problems;
    const phrase = STATUS_CODES[status] ?? 'Error';
    this.reason = details.reason ?? phrase;
    this.code = details.code ?? phrase.toUpperCase().replaceAll(/[^A-Z]+/g, '_');
  }
}

/**
 * Answers with a line of plain text, or as JSON: `{"error":{"code","message","problems"}}`. Does nothing once an answer
 * has begun.
 */
export function refuse(response: ServerResponse, refusal: HttpRefusal, as: 'text' | 'json' = 'text'): void {
  if (response.headersSent) return;
  const { status, message, headers, code, reason, problems } = refusal;
  const text = as === 'text' ? `${message}\n` : `${JSON.stringify({ error: { code, message, problems } })}\n`;
  response.writeHead(status, reason, {
    'Content-Type': as === 'text' ? 'text/plain;charset=utf-8' : 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(text);
}
