import type { Exchange } from '../http/index.ts';
import type { JsonSchema } from './json-schema.ts';

/** The checked input of an operation. */
export interface Input {
  /** The variable parts of the path: `{name}`. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  /** An empty object if there is no body. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A parameter of the query. */
export interface QueryParameter {
  readonly schema: JsonSchema;
  readonly doc: string;
}

/** The answer on success. */
type Answer =
  | { readonly kind: 'json'; readonly doc: string; readonly schema: JsonSchema }
  /** Written by `handle`: a stream, or something cacheable. */
  | { readonly kind: 'own'; readonly doc: string; readonly types: readonly string[] };

/** One operation, declared once: the server, its checks and the OpenAPI document are made from this. */
export interface Operation {
  readonly method: 'GET' | 'POST';
  /** Under `/api/v1`; `{name}` stands for any text. */
  readonly path: string;
  readonly id: string;
  readonly doc: string;
  readonly effect: 'reads' | 'changes';
  /** See RouteHandler. */
  readonly judgesRole?: boolean;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  /** An object; without it there is no body. It may depend on the path. */
  readonly body?: JsonSchema | ((path: Input['path']) => JsonSchema);
  readonly answer: Answer;
  /** The codes of its errors, besides those of every operation. */
  readonly errors?: readonly number[];
  /**
   * Returns the value of a `json` answer; for other kinds it writes the answer itself. Throws HttpRefusal or RpcFault.
   */
  readonly handle: (input: Input, exchange: Exchange) => unknown;
}
