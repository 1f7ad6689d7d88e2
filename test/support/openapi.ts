import { createRequire } from 'node:module';
import type { Ajv2020 as Ajv } from 'ajv/dist/2020.js';

// A CommonJS package, whose types describe a module: require gives the class itself.
const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as { Ajv2020: typeof Ajv };

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

/** An OpenAPI document, as far as answers are checked against it. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

export interface CheckedAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly json: unknown;
}

/** Compares answers with a document, and remembers which operations it has seen. */
export class Conformity {
  readonly seen = new Set<string>();
  readonly #document: ApiDocument;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });

  constructor(document: ApiDocument) {
    this.#document = document;
    this.#ajv.addSchema({ $id: 'document', components: document.components });
  }

  /** What is wrong with an answer; nothing where it is as the document says. */
  check({ method, path, status, contentType, json }: CheckedAnswer): string[] {
    const operation = this.#find(method, path.replace(/\?.*/, ''));
    if (operation === undefined) return status === 404 || status === 405 ? [] : [`${method} ${path} is not described`];
    this.seen.add(operation.operationId);
    const where = `${method} ${path} ${status}`;
    const content = operation.responses[status]?.content;
    if (content === undefined) return [`${where} is not described`];
    const type = (contentType ?? '').replace(/;.*/, '');
    const schema = content[type]?.schema;
    if (schema === undefined) return [`${where}: ${type} is not described`];
    if (type !== 'application/json') return [];
    const validate = this.#ajv.compile(rooted(schema));
    return validate(json)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${where} ${instancePath} ${message}`);
  }

  /** The operation whose path has the fewest variable parts, as OpenAPI has it. */
  #find(method: string, path: string): Operation | undefined {
    const found = Object.entries(this.#document.paths)
      .filter(([template]) =>
        new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`).test(path),
      )
      .sort(([a], [b]) => a.split('{').length - b.split('{').length);
    return found[0]?.[1][(method === 'HEAD' ? 'GET' : method).toLowerCase()];
  }
}

/** References in a schema are to the document. */
function rooted(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object;
}
