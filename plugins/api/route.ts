import type { Exchange } from '../http/index.ts';
import type { JsonSchema } from './json-schema.ts';

/** What an operation takes from the address and the body, checked. */
export interface Input {
  /** The parts of the path that stand for something: `{name}`. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  /** An empty object where nothing was sent. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A parameter of the query. */
export interface QueryParameter {
  readonly schema: JsonSchema;
  readonly doc: string;
}

/** What is sent back when all goes well. */
type Answer =
  | { readonly kind: 'json'; readonly doc: string; readonly schema: JsonSchema }
  /** Written by `handle`: a stream, or something that is not true for this moment only. */
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
  /** Codes of the errors that it may answer with, besides those that every operation may. */
  readonly errors?: readonly number[];
  /** The value of a `json` answer; of another kind it writes the answer itself. Throws HttpRefusal or RpcFault. */
  readonly handle: (input: Input, exchange: Exchange) => unknown;
}
