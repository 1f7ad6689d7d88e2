import { parseScalar } from './scalar.ts';
import { Scanner } from './scanner.ts';
import { isStruct, XmlRpcSyntaxError, type XmlRpcStruct, type XmlRpcValue } from './value.ts';

// The grammar of XML-RPC, one function per element. It takes what Python's xmlrpc.client and Supervisor's own parser
// take from real clients: an untyped <value> is a string, <params> may be missing, types may carry a name space.

export interface XmlRpcCall {
  readonly method: string;
  readonly params: XmlRpcValue[];
}

export type XmlRpcResponse =
  | { readonly value: XmlRpcValue }
  | { readonly fault: { readonly code: number; readonly text: string } };

export interface ParseLimits {
  /** Length of the body, in bytes or characters as given. */
  readonly maxLength?: number;
  /** The maximal nesting of elements; a nested array or struct takes three levels. */
  readonly maxDepth?: number;
}

/** Parses a request. Throws {@link XmlRpcSyntaxError}. Default limits: 16 MiB, 256 elements deep. */
export function parseCall(body: string | Uint8Array, limits: ParseLimits = {}): XmlRpcCall {
  const scanner = document(body, { maxLength: 2 ** 24, ...limits });
  if (scanner.enter() !== 'methodCall') scanner.fail('expected <methodCall>');
  if (scanner.enter() !== 'methodName') scanner.fail('expected <methodName>');
  const method = scanner.characters();
  scanner.leave();
  if (method.trim() === '') scanner.fail('the name of the method is empty');
  const params = optionalParams(scanner);
  scanner.leave();
  end(scanner);
  return { method, params };
}

/**
 * Parses an answer. Throws {@link XmlRpcSyntaxError}. Default limits: 256 MiB (it may be a whole log), 256 elements
 * deep.
 */
export function parseResponse(body: string | Uint8Array, limits: ParseLimits = {}): XmlRpcResponse {
  const scanner = document(body, { maxLength: 2 ** 28, ...limits });
  if (scanner.enter() !== 'methodResponse') scanner.fail('expected <methodResponse>');
  const response = result(scanner);
  scanner.leave();
  end(scanner);
  return response;
}

function document(body: string | Uint8Array, { maxLength = Infinity, maxDepth = 256 }: ParseLimits): Scanner {
  return new Scanner(decodeBody(body, maxLength), maxDepth);
}

function end(scanner: Scanner): void {
  scanner.blank();
  if (!scanner.isAtEnd) scanner.fail('expected the end');
}

function result(scanner: Scanner): XmlRpcResponse {
  const kind = scanner.enter();
  if (kind === 'fault') return { fault: fault(scanner) };
  if (kind !== 'params') scanner.fail('expected <params> or <fault>');
  const [value, ...more] = params(scanner);
  if (value === undefined || more.length > 0) scanner.fail('an answer has exactly one value');
  return { value };
}

function fault(scanner: Scanner): { code: number; text: string } {
  if (scanner.enter() !== 'value') scanner.fail('expected <value>');
  const struct = value(scanner);
  scanner.leave();
  if (!isStruct(struct)) return scanner.fail('a fault is a struct');
  const { faultCode: code, faultString: text } = struct;
  if (typeof code !== 'number' || typeof text !== 'string') scanner.fail('a fault has faultCode and faultString');
  return { code, text };
}

function optionalParams(scanner: Scanner): XmlRpcValue[] {
  const name = scanner.enter();
  if (name === undefined) return [];
  return name === 'params' ? params(scanner) : scanner.fail('expected <params>');
}

/** Reads the content of `<params>`, and leaves the element. */
function params(scanner: Scanner): XmlRpcValue[] {
  const values: XmlRpcValue[] = [];
  for (let name = scanner.enter(); name !== undefined; name = scanner.enter()) {
    if (name !== 'param') scanner.fail('expected <param>');
    if (scanner.enter() !== 'value') scanner.fail('expected <value>');
    values.push(value(scanner));
    scanner.leave();
  }
  scanner.leave();
  return values;
}

/** Reads the content of `<value>`, and leaves the element. */
function value(scanner: Scanner): XmlRpcValue {
  const untyped = scanner.characters();
  const type = scanner.enter();
  if (type === undefined) {
    scanner.leave();
    return untyped;
  }
  if (untyped.trim() !== '') scanner.fail(`a <value> holds text or <${type}>, not both`);
  const found = typed(scanner, type);
  scanner.leave();
  scanner.leave();
  return found;
}

function typed(scanner: Scanner, type: string): XmlRpcValue {
  if (type === 'array') return array(scanner);
  if (type === 'struct') return struct(scanner);
  const text = scanner.characters();
  return parseScalar(type, text, scanner);
}

function array(scanner: Scanner): XmlRpcValue[] {
  const values: XmlRpcValue[] = [];
  if (scanner.enter() !== 'data') scanner.fail('expected <data>');
  for (let name = scanner.enter(); name !== undefined; name = scanner.enter()) {
    if (name !== 'value') scanner.fail('expected <value>');
    values.push(value(scanner));
  }
  scanner.leave();
  return values;
}

/**
 * Without a prototype, so that no member name (`__proto__`, `constructor`) has a special meaning. The last of equal
 * names wins.
 */
function struct(scanner: Scanner): XmlRpcStruct {
  const members: { [member: string]: XmlRpcValue } = new Members();
  for (let name = scanner.enter(); name !== undefined; name = scanner.enter()) {
    if (name !== 'member') scanner.fail('expected <member>');
    if (scanner.enter() !== 'name') scanner.fail('expected <name>');
    const key = scanner.characters();
    scanner.leave();
    if (scanner.enter() !== 'value') scanner.fail('expected <value>');
    members[key] = value(scanner);
    scanner.leave();
  }
  return members;
}

/** `Object.create(null)` would make a hash table of each struct, at twice the time; this inherits just as little. */
class Members {
  [member: string]: XmlRpcValue;
}
Reflect.deleteProperty(Members.prototype, 'constructor');
Object.setPrototypeOf(Members.prototype, null);
Object.freeze(Members.prototype);

/**
 * The text of a body. Bytes are UTF-8 unless the XML declaration says ISO-8859-1, which PHP's and Perl's clients use.
 */
function decodeBody(body: string | Uint8Array, maxLength: number): string {
  if (body.length > maxLength) {
    throw new XmlRpcSyntaxError(`the message has ${body.length} bytes; at most ${maxLength} are accepted`);
  }
  if (typeof body === 'string') return body;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const encoding = declaredEncoding(bytes);
  if (LATIN_1.has(encoding)) return bytes.toString('latin1');
  if (!UTF_8.has(encoding)) throw new XmlRpcSyntaxError(`unknown encoding ${encoding}; UTF-8 is expected`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new XmlRpcSyntaxError('the message is not valid UTF-8', { cause });
  }
}

const LATIN_1: ReadonlySet<string> = new Set(['iso-8859-1', 'latin-1', 'latin1']);
const UTF_8: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);

function declaredEncoding(bytes: Buffer): string {
  const start = bytes.toString('latin1', 0, 200);
  const declaration = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']/.exec(start);
  return declaration?.[1]?.toLowerCase() ?? 'utf-8';
}
