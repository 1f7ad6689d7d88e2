import { RpcFault } from './faults.ts';
import { isStruct, type XmlRpcStruct, type XmlRpcValue } from './xmlrpc/index.ts';

/** The types that `system.methodSignature` names. */
export type WireType = 'string' | 'int' | 'boolean' | 'array' | 'struct';

/** One parameter of a method: its description, and the accepted values. */
export interface Parameter<Value = unknown> {
  readonly name: string;
  readonly type: WireType;
  readonly doc: string;
  /** The default; a parameter without one is required. */
  readonly default?: Value;
  /** The value, or `undefined` for a wrong type. Values are converted only as Python would. */
  readonly read: (given: XmlRpcValue) => Value | undefined;
}

/** The values of a list of parameters. */
export type ParameterValues<Parameters extends readonly Parameter[]> = {
  readonly [Index in keyof Parameters]: Parameters[Index] extends Parameter<infer Value> ? Value : never;
};

/** Text. base64 is decoded as UTF-8, because some clients send all non-ASCII text that way. */
export function text(name: string, doc: string): Parameter<string> {
  return { name, type: 'string', doc, read: readText };
}

/** Text or any bytes, passed on unchanged. The fault contains only the value, as in Supervisor. */
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

/** An integer, or an integer as text. */
export function int(name: string, doc: string): Parameter<number> {
  const read = (given: XmlRpcValue): number | undefined => {
    const value = typeof given === 'string' && /^\s*[+-]?\d+\s*$/.test(given) ? Number(given) : given;
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
    return Math.trunc(value);
  };
  return { name, type: 'int', doc, read };
}

/** A boolean. 1 and 0 are accepted, because clients in languages without booleans send them. */
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

/**
 * `undefined` if it is not a list. PHP cannot distinguish an empty list from an empty struct, so an empty struct is
 * accepted.
 */
export function asList(given: XmlRpcValue): readonly XmlRpcValue[] | undefined {
  if (isArray(given)) return given;
  return isStruct(given) && Object.keys(given).length === 0 ? [] : undefined;
}

export function asStruct(given: XmlRpcValue): XmlRpcStruct | undefined {
  return isStruct(given) ? given : undefined;
}

/** A value for an error message, shortened. */
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
