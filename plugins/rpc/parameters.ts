import { RpcFault } from './faults.ts';
import { isStruct, type XmlRpcStruct, type XmlRpcValue } from './xmlrpc/index.ts';

/** The types that `system.methodSignature` names. */
export type WireType = 'string' | 'int' | 'boolean' | 'array' | 'struct';

/** One parameter of a method: how it is described, and what is taken for it. */
export interface Parameter<Value = unknown> {
  readonly name: string;
  readonly type: WireType;
  readonly doc: string;
  /** Taken where the caller gives nothing; a parameter without one must be given. */
  readonly default?: Value;
  /** The value, or `undefined` where it is of a wrong type. Other values are converted only as Python would. */
  readonly read: (given: XmlRpcValue) => Value | undefined;
}

/** The values of a list of parameters. */
export type ParameterValues<Parameters extends readonly Parameter[]> = {
  readonly [Index in keyof Parameters]: Parameters[Index] extends Parameter<infer Value> ? Value : never;
};

/** Text; base64 is taken for UTF-8, because some clients send all that is not ASCII so. */
export function text(name: string, doc: string): Parameter<string> {
  return { name, type: 'string', doc, read: readText };
}

/** Text or any bytes, for what is passed on as it is. The fault names the value alone: Supervisor does here. */
export function bytes(name: string, doc: string): Parameter<Uint8Array> {
  const read = (given: XmlRpcValue): Uint8Array => {
    if (given instanceof Uint8Array) return given;
    if (typeof given === 'string') return Buffer.from(given);
    throw new RpcFault('INCORRECT_PARAMETERS', show(given));
  };
  return { name, type: 'string', doc, read };
}

/** The name or the number of a signal. */
export function signal(name: string, doc: string): Parameter<string> {
  return { name, type: 'string', doc, read: (given) => (typeof given === 'number' ? String(given) : readText(given)) };
}

/** A whole number; one in a string will do. */
export function int(name: string, doc: string): Parameter<number> {
  const read = (given: XmlRpcValue): number | undefined => {
    const value = typeof given === 'string' && /^\s*[+-]?\d+\s*$/.test(given) ? Number(given) : given;
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
    return Math.trunc(value);
  };
  return { name, type: 'int', doc, read };
}

/** Yes or no; 1 and 0 will do, since clients in languages without booleans send those. */
export function flag(name: string, doc: string, byDefault: boolean): Parameter<boolean> {
  const read = (given: XmlRpcValue): boolean | undefined => {
    if (typeof given === 'number') return given !== 0;
    return typeof given === 'boolean' ? given : undefined;
  };
  return { name, type: 'boolean', doc, default: byDefault, read };
}

export function list(name: string, doc: string): Parameter<readonly XmlRpcValue[]> {
  return { name, type: 'array', doc, read: asList };
}

/** `undefined` for what is no list. PHP cannot tell an empty list from an empty struct, so that is one, too. */
export function asList(given: XmlRpcValue): readonly XmlRpcValue[] | undefined {
  if (isArray(given)) return given;
  return isStruct(given) && Object.keys(given).length === 0 ? [] : undefined;
}

export function asStruct(given: XmlRpcValue): XmlRpcStruct | undefined {
  return isStruct(given) ? given : undefined;
}

/** A value in an error message, never a long one. */
export function show(value: XmlRpcValue): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function readText(given: XmlRpcValue): string | undefined {
  if (given instanceof Uint8Array) return Buffer.from(given).toString();
  return typeof given === 'string' ? given : undefined;
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isArray(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
