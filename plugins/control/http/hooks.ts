import type { IncomingMessage, ServerResponse } from 'node:http';
import { hooksOf } from '../../../core/index.ts';
import type { Role } from './authentication.ts';

/** An admitted request, as the `routes` hook sees it. */
export interface HttpRequestInfo {
  /** As sent: `GET`, `POST`. */
  readonly method: string;
  /** Percent-decoded, without the query; begins with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The section of the server it came through: `unix_http_server`, `inet_http_server:public`. */
  readonly server: string;
  /** The authenticated user; `undefined` if the server has no accounts. */
  readonly user: string | undefined;
  /** The role of that user; everybody is an administrator if the server has no accounts. */
  readonly role: Role;
}

/** One request and its answer. */
export interface Exchange {
  readonly info: HttpRequestInfo;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the server closes: end a streaming answer then. Answers that continue are cut off shortly after. */
  readonly closing: AbortSignal;
  /** Reads the whole body. Throws an HttpRefusal (413, 400) if it is larger than the server accepts or incomplete. */
  readonly readBody: () => Promise<Buffer>;
  /**
   * Call it before an answer that has no end, or whose end the client decides, and before you open anything for it: it
   * takes one of the places for streams until the answer is complete. Throws an HttpRefusal (503) if no place is free.
   */
  readonly beginStream: () => void;
}

/** Answers requests to one path. */
export interface RouteHandler {
  /**
   * `changes`: cross-site requests of browsers, and requests of read-only accounts, are refused before the handler is
   * called. Use it for everything that changes state, also for a link that stops a program.
   */
  readonly effect: 'reads' | 'changes';
  /** The route has `changes` but admits viewers, and checks `info.role` itself. */
  readonly judgesRole?: boolean;
  /** How to send a refusal. Default: as JSON to clients that accept it, else as a line of text. */
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
     * For every admitted request. Out: the handler; the first answer decides, `undefined` passes. Default: 404. Check
     * `path` first and be fast: each request passes every tap.
     * Throws: reported, the next tap is asked.
     */
    routes: hook.bail<[HttpRequestInfo], RouteHandler>('routes', ['request'], { onFault: 'pass' }),
  }),
);
