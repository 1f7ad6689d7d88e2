import type { IncomingMessage, ServerResponse } from 'node:http';
import { hooksOf } from '../../core/index.ts';
import type { Role } from './authentication.ts';

/** A request that was let in, as the `routes` hook sees it. */
export interface HttpRequestInfo {
  /** As sent: `GET`, `POST`. */
  readonly method: string;
  /** Percent-decoded, without the query; begins with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The section of the server it came through: `unix_http_server`, `inet_http_server:public`. */
  readonly server: string;
  /** Whom the password proved; `undefined` where the server wants none. */
  readonly user: string | undefined;
  /** What that user may do; everybody may do everything where the server wants no password. */
  readonly role: Role;
}

/** One request and its answer. */
export interface Exchange {
  readonly info: HttpRequestInfo;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the server closes: end a streaming answer then. What has not ended shortly after is cut off. */
  readonly closing: AbortSignal;
  /** The whole body. Throws an HttpRefusal (413, 400) when it is larger than the server accepts or breaks off. */
  readonly readBody: () => Promise<Buffer>;
  /**
   * Call it before an answer that has no end of its own, or whose end the client decides, and before you open anything for it: it
   * takes one of the places that there are for streams, until the answer is over. Throws an HttpRefusal (503) when there is none.
   */
  readonly beginStream: () => void;
}

/** Answers requests to one path. */
export interface RouteHandler {
  /**
   * `changes`: a request that a browser marks as another site's is refused before it gets here, and so is one of an
   * account that may only look. Be honest: a link that stops a program changes something.
   */
  readonly effect: 'reads' | 'changes';
  /** A route with `changes` that lets viewers in all the same, and judges by `info.role` itself what they may do. */
  readonly judgesRole?: boolean;
  /** How a refusal is told. Without it: as JSON to clients that accept that, else as a line of text. */
  readonly refusals?: 'json';
  /**
   * Ends `response`, now or later. Throws: an HttpRefusal is sent as it is; anything else is a line in the log and a
   * 500, or a broken connection where the answer had begun.
   */
  readonly handle: (exchange: Exchange) => void | Promise<void>;
}

/** What other plugins tap: `HttpPlugin.getHooks(supervisor).routes.tap(…)`. */
export const getHttpHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * For every request that was let in. Out: who answers it; the first tap with an answer decides, `undefined` passes.
     * Nobody answers: 404. A tap looks at `path` first and is fast: each request passes every tap.
     * Throws: reported, the next tap is asked.
     */
    routes: hook.bail<[HttpRequestInfo], RouteHandler>('routes', ['request'], { onFault: 'pass' }),
  }),
);
