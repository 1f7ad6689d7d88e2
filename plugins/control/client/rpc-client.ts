import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { codeOf, reasonOf, systemClock, withoutCredentials } from '../../../core/index.ts';
import { parseResponse, printCall, type XmlRpcValue } from '../rpc/xmlrpc/index.ts';

export interface RpcClientOptions {
  /** `unix:///path/of/socket` or `http://host:port`; the port is 80 when not given. */
  readonly serverurl: string;
  /** Sent only when both are given, as supervisorctl does. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** How long the server may be silent. Default: no limit, because a stop takes as long as `stopwaitsecs`. */
  readonly timeoutMs?: number | undefined;
}

/** Why a call has no result. */
export type RpcFailure =
  /** The method returned a fault; `text` is usually `NAME: details`. */
  | { readonly kind: 'fault'; readonly code: number; readonly text: string }
  /** There is no socket file at the path. */
  | { readonly kind: 'no-such-file' }
  /** No process listens on the port or the socket file. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unauthorized' }
  /** Any other HTTP status. `said`: the first line of the body, if it is plain text. */
  | { readonly kind: 'status'; readonly status: number; readonly reason: string; readonly said?: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  | { readonly kind: 'bad-url' }
  /** Permission denied, an unknown host, a connection that broke, an answer that is not XML-RPC: see the message. */
  | { readonly kind: 'other' };

/** The only error of {@link RpcClient}. `failure` says which case it is; the message is for people. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly failure: RpcFailure;

  constructor(failure: RpcFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** The code of a fault; `undefined` for every other error. */
export function faultCode(error: unknown): number | undefined {
  return error instanceof RpcError && error.failure.kind === 'fault' ? error.failure.code : undefined;
}

/** The code and text of a fault. @throws the error itself if it is not a fault. */
export function faultOf(error: unknown): { readonly code: number; readonly text: string } {
  if (error instanceof RpcError && error.failure.kind === 'fault') return error.failure;
  throw error;
}

/**
 * Calls the XML-RPC methods of a daemon, tsvd or Supervisor. Every call uses its own connection, so nothing stays open
 * between calls and there is nothing to close.
 */
export class RpcClient {
  /** For messages: without credentials. */
  readonly serverurl: string;
  readonly #target: RequestOptions | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number | undefined;

  constructor({ serverurl, username, password, timeoutMs }: RpcClientOptions) {
    this.serverurl = withoutCredentials(serverurl);
    this.#target = target(serverurl);
    this.#timeoutMs = timeoutMs;
    const credentials = Buffer.from(`${username}:${password}`).toString('base64');
    this.#headers = username === undefined || password === undefined ? {} : { Authorization: `Basic ${credentials}` };
  }

  /** The result of one method. Throws {@link RpcError}, also when the daemon answers with a fault. */
  async call(method: string, ...params: readonly XmlRpcValue[]): Promise<XmlRpcValue> {
    const body = Buffer.from(printCall(method, params));
    const headers = { ...this.#headers, 'Content-Type': 'text/xml', Accept: 'text/xml', 'Content-Length': body.length };
    const response = await this.#open({ method: 'POST', path: '/RPC2', headers, timeout: this.#timeoutMs }, body);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk);
      const answer = parseResponse(Buffer.concat(chunks));
      if ('value' in answer) return answer.value;
      throw new RpcError({ kind: 'fault', ...answer.fault }, answer.fault.text);
    } catch (cause) {
      throw this.#explain(cause);
    }
  }

  /**
   * Streams a page, a log tail for example, until the server ends it or `signal` is aborted, which is not an error.
   * Reads no faster than `take` settles. Throws {@link RpcError}.
   */
  async stream(path: string, take: Take, signal?: AbortSignal): Promise<void> {
    try {
      // If asked to close the connection afterwards, Supervisor's server holds back an endless page.
      const headers = { ...this.#headers, Accept: '*/*', Connection: 'keep-alive' };
      const response = await this.#open({ method: 'GET', path, headers, ...(signal && { signal }) });
      for await (const chunk of response) await take(chunk);
    } catch (cause) {
      if (signal?.aborted !== true) throw this.#explain(cause);
    }
  }

  /** Sends a request; resolves with the head of an answer with status 200. */
  #open(options: RequestOptions, body?: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      if (this.#target === undefined) {
        throw new RpcError({ kind: 'bad-url' }, `${this.serverurl} is not a unix:// or http:// address`);
      }
      let received: IncomingMessage | undefined;
      const sent = request({ ...this.#target, ...options, agent: false }, (response) => {
        received = response;
        const { statusCode: status = 0, statusMessage: reason = '' } = response;
        if (status === 200) return resolve(response);
        void wordsOf(response).then((said) => {
          const words = said === undefined || reason.includes(said) ? '' : `: ${said}`;
          const failure: RpcFailure =
            status === 401
              ? { kind: 'unauthorized' }
              : { kind: 'status', status, reason, ...(said !== undefined && { said }) };
          reject(new RpcError(failure, `${this.serverurl} answers ${status} ${reason}${words}`));
        });
      });
      sent.on('error', (cause) => reject(this.#explain(cause)));
      sent.on('timeout', () => (received ?? sent).destroy(this.#timedOut()));
      sent.end(body);
    });
  }

  #timedOut(): RpcError {
    const timeoutMs = this.#timeoutMs ?? 0;
    return new RpcError(
      { kind: 'timeout', timeoutMs },
      `no answer from ${this.serverurl} within ${timeoutMs / 1000} s`,
    );
  }

  #explain(cause: unknown): RpcError {
    if (cause instanceof RpcError) return cause;
    const code = codeOf(cause); // a host with several addresses gives one error for each, with a common code
    if (code === 'ENOENT') return new RpcError({ kind: 'no-such-file' }, `${this.serverurl} no such file`, { cause });
    if (code === 'ECONNREFUSED') {
      return new RpcError({ kind: 'refused' }, `${this.serverurl} refused connection`, { cause });
    }
    return new RpcError({ kind: 'other' }, `${this.serverurl}: ${REASONS.get(code) ?? reasonOf(cause)}`, { cause });
  }
}

/** A longer page is not an explanation, and a slow one is not waited for. */
const MOST_WORDS = 4_096;
const LONGEST_WAIT_MS = 2_000;

/**
 * The first line of a plain text page, which says why a request is refused; empty if the page is incomplete or too
 * slow.
 */
async function wordsOf(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  const limit = systemClock.setTimer(LONGEST_WAIT_MS, () => response.destroy());
  try {
    if (!/^text\/plain\b/.test(response.headers['content-type'] ?? '')) return undefined;
    let length = 0;
    for await (const chunk of response) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_WORDS || chunk.includes(0x0a)) break;
    }
    const [line = ''] = Buffer.concat(chunks).toString().split(/\r?\n/);
    return line === '' ? undefined : line.slice(0, MOST_WORDS);
  } catch {
    return undefined;
  } finally {
    limit.cancel();
    response.destroy();
  }
}

/** Called with each piece of a page. */
type Take = (chunk: Buffer) => void | Promise<void>;

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'permission denied'],
  ['ENOTFOUND', 'unknown host'],
  ['ECONNRESET', 'the connection was closed before an answer came'],
]);

function target(serverurl: string): RequestOptions | undefined {
  if (serverurl.startsWith('unix://')) return { socketPath: serverurl.slice('unix://'.length), host: 'localhost' };
  if (!serverurl.startsWith('http://') || !URL.canParse(serverurl)) return undefined;
  const { hostname, port } = new URL(serverurl);
  // Brackets are how a URL writes an IPv6 address, not part of it.
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 80 : Number(port) };
}
