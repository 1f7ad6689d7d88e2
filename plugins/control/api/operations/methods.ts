import { RpcFault, type GivenValues, type Method, type XmlRpcValue } from '../../rpc/index.ts';
import { methodBody } from '../method-schema.ts';
import type { Operation } from '../route.ts';
import { object } from '../json-schema.ts';
import type { ApiContext } from '../api-context.ts';

/** Every method of XML-RPC, with its parameters by name. */
export function methodOperations({ methods }: ApiContext): Operation[] {
  const find = (name: string): Method => {
    const found = methods().methods.find(name);
    if (found === undefined) throw new RpcFault('UNKNOWN_METHOD', name);
    return found;
  };
  return [
    {
      method: 'POST',
      path: '/rpc/{method}',
      id: 'callMethod',
      doc: 'Calls a method of XML-RPC; the body has its parameters by name.',
      effect: 'changes',
      judgesRole: true, // the dispatcher checks it, per method
      body: ({ method = '' }) => methodBody(find(method)),
      errors: [404, 409, 422, 500, 503],
      answer: { kind: 'json', doc: 'The result.', schema: object({ result: {} }) },
      handle: async ({ path: { method = '' }, body }, { info: { user, role } }) => {
        const { params } = find(method);
        // Checked against the schema of the method. XML-RPC can represent all JSON values.
        const given = params.map(({ name }) => body[name]) as GivenValues;
        return { result: plain(await methods().call(method, given, { user, role })) };
      },
    },
  ];
}

/** Bytes as base64, times as ISO 8601; everything else is JSON already. */
function plain(value: XmlRpcValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isList(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isList(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
