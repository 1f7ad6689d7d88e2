import { setImmediate as nextTurn } from 'node:timers/promises';
import { FAULTS, RpcFault } from '../faults.ts';
import { asList, asStruct, list, text } from '../parameters.ts';
import { method, type Caller, type Dispatch, type Method, type MethodRegistry } from '../registry.ts';
import type { XmlRpcStruct, XmlRpcValue } from '../xmlrpc/index.ts';

/** Clients compare the list with Supervisor's. Methods that we add can be called and described, but are not listed. */
const OWN_NAMESPACE = 'tsv.';

/** Introspection, made from the declarations of the methods, and `multicall`. */
export function systemMethods(registry: MethodRegistry, dispatch: Dispatch): Method[] {
  const find = (name: string): Method => {
    const found = registry.find(name);
    if (found === undefined) throw new RpcFault('SIGNATURE_UNSUPPORTED');
    return found;
  };
  const multicall = createMulticall(dispatch);
  return [
    method({
      name: 'system.listMethods',
      result: { type: 'array', doc: 'the names, sorted' },
      doc: 'Returns the names of all methods but those of tsvisor itself, tsv.….',
      effect: 'reads',
      whileEnding: true,
      call: () => registry.all.flatMap(({ name }) => (name.startsWith(OWN_NAMESPACE) ? [] : [name])),
    }),
    method({
      name: 'system.methodHelp',
      params: [text('name', 'name of a method')],
      result: { type: 'string', doc: 'the description' },
      faults: ['SIGNATURE_UNSUPPORTED'],
      doc: 'Describes a method: what it does, what it takes, what it answers.',
      effect: 'reads',
      whileEnding: true,
      call: ([name]) => help(find(name)),
    }),
    method({
      name: 'system.methodSignature',
      params: [text('name', 'name of a method')],
      result: { type: 'array', doc: '[type of the result, type of the first parameter, …]' },
      faults: ['SIGNATURE_UNSUPPORTED'],
      doc: 'Returns the types of the result and of the parameters of a method.',
      effect: 'reads',
      whileEnding: true,
      call: ([name]) => {
        const { result, params } = find(name);
        return [result.type, ...params.map(({ type }) => type)];
      },
    }),
    method({
      name: 'system.multicall',
      params: [list('calls', 'structs with methodName and params')],
      result: { type: 'array', doc: 'the result of each call, or a struct with faultCode and faultString' },
      doc: 'Makes many calls, one after the other, and answers when the last one is done.',
      effect: 'reads', // itself only reads: each of its calls is checked separately
      whileEnding: true,
      call: ([calls], { user, role }) => multicall(calls, { user, role }),
    }),
  ];
}

/** In the format of Supervisor's own documentation, which tools parse. */
export function help({ doc, params, result, faults }: Method): string {
  return [
    doc,
    '',
    ...params.map(({ type, name, doc: what }) => `@param ${type} ${name} ${what}`),
    `@return ${result.type} ${result.doc}`,
    ...(faults.length === 0 ? [] : [`@faults ${faults.map((name) => `${name} (${FAULTS[name]})`).join(', ')}`]),
  ].join('\n');
}

/** A small request may ask many times for a very large answer; beyond this size further calls are refused. */
const LARGEST_ANSWER = 8 * 2 ** 20;

/** The same limit for all concurrent requests together. */
const LARGEST_TOTAL = 32 * 2 ** 20;

/**
 * Makes the calls of one request one after the other. The collected answers of all concurrent requests are bounded,
 * too.
 */
function createMulticall(dispatch: Dispatch) {
  let total = 0;
  return async (calls: readonly XmlRpcValue[], caller: Caller): Promise<XmlRpcValue[]> => {
    const results: XmlRpcValue[] = [];
    let weight = 0;
    try {
      for (const call of calls) {
        // A thousand calls in one request delay no other client. The size of each answer is counted before the next
        // call begins.
        await nextTurn();
        const isFull = weight > LARGEST_ANSWER || total > LARGEST_TOTAL;
        const result = isFull ? TOO_LARGE : await one(call, dispatch, caller);
        const bytes = weigh(result);
        weight += bytes;
        total += bytes;
        results.push(result);
      }
    } finally {
      total -= weight;
    }
    return results;
  };
}

async function one(call: XmlRpcValue, dispatch: Dispatch, caller: Caller): Promise<XmlRpcValue> {
  try {
    const { methodName: name, params = [] } = asStruct(call) ?? {};
    if (name === undefined) throw new RpcFault('INCORRECT_PARAMETERS', 'No methodName');
    if (name === 'system.multicall') {
      throw new RpcFault('INCORRECT_PARAMETERS', 'Recursive system.multicall forbidden');
    }
    const values = asList(params);
    if (typeof name !== 'string' || values === undefined) throw new RpcFault('INCORRECT_PARAMETERS');
    return await dispatch(name, values, caller);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    return { faultCode: error.code, faultString: error.message };
  }
}

const TOO_LARGE: XmlRpcStruct = {
  faultCode: FAULTS.FAILED,
  faultString: 'FAILED: the answers before this one are too large; make fewer calls at a time',
};

/** The approximate size of a value as XML. */
function weigh(value: XmlRpcValue): number {
  if (typeof value === 'string') return 40 + value.length;
  if (typeof value !== 'object' || value === null || value instanceof Date) return 40;
  if (value instanceof Uint8Array) return 40 + value.length * 1.4;
  return Object.entries(value).reduce((sum, [key, member]) => sum + key.length + 40 + weigh(member), 40);
}
