import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Ends a request with a status other than 200. Handlers may throw one; anything else they throw is a 500. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, text: string, headers: OutgoingHttpHeaders = {}) {
    super(text);
    this.status = status;
    this.headers = headers;
  }
}

/** Answers with a line of plain text. Does nothing once an answer has begun. */
export function refuse(response: ServerResponse, { status, message, headers }: HttpRefusal): void {
  if (response.headersSent) return;
  const text = `${message}\n`;
  response.writeHead(status, {
    'Content-Type': 'text/plain;charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(text);
}
