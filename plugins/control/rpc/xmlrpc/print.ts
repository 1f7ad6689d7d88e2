import type { XmlRpcStruct, XmlRpcValue } from './value.ts';

// The layout, line breaks included, is that of Python's xmlrpc.client, and so of Supervisor: scripts in the field cut
// values out of it with grep and sed. Where Python would print what its own parser then refuses (a control character)
// or changes (a carriage return), we print what survives.

/** The answer to a call that succeeded. */
export function printResponse(value: XmlRpcValue): string {
  return `${HEADER}<methodResponse>\n${printParams([value])}</methodResponse>\n`;
}

/** The answer to a call that failed. */
export function printFault(code: number, text: string): string {
  return `${HEADER}<methodResponse>\n<fault>\n${print({ faultCode: code, faultString: text })}</fault>\n</methodResponse>\n`;
}

export function printCall(method: string, params: readonly XmlRpcValue[] = []): string {
  return `${HEADER}<methodCall>\n<methodName>${escape(method)}</methodName>\n${printParams(params)}</methodCall>\n`;
}

const HEADER = "<?xml version='1.0'?>\n";

function printParams(params: readonly XmlRpcValue[]): string {
  return `<params>\n${params.map((value) => `<param>\n${print(value)}</param>\n`).join('')}</params>\n`;
}

function print(value: XmlRpcValue): string {
  if (typeof value === 'string') return `<value><string>${escape(value)}</string></value>\n`;
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'boolean') return `<value><boolean>${value ? 1 : 0}</boolean></value>\n`;
  if (value === null) return '<value><nil/></value>\n';
  if (isArray(value)) return `<value><array><data>\n${value.map(print).join('')}</data></array></value>\n`;
  if (value instanceof Date) return `<value><dateTime.iso8601>${printDate(value)}</dateTime.iso8601></value>\n`;
  if (value instanceof Uint8Array) return `<value><base64>\n${printBytes(value)}</base64></value>\n`;
  return printStruct(value);
}

function printStruct(struct: XmlRpcStruct): string {
  let members = '';
  for (const [name, value] of Object.entries(struct)) {
    members += `<member>\n<name>${escape(name)}</name>\n${print(value)}</member>\n`;
  }
  return `<value><struct>\n${members}</struct></value>\n`;
}

/** By the specification `<int>` has 32 bits, and strict clients enforce it. */
function printNumber(value: number): string {
  if ((value | 0) === value && !Object.is(value, -0)) return `<value><int>${value}</int></value>\n`;
  return `<value><double>${printDouble(value)}</double></value>\n`;
}

function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const digits = String(value);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

/** Throws a RangeError for an invalid date and for years that have no four digits. */
function printDate(date: Date): string {
  const text = date.toISOString();
  if (text.length !== 24) throw new RangeError(`XML-RPC cannot carry the year of ${text}`);
  return `${text.slice(0, 10).replaceAll('-', '')}T${text.slice(11, 19)}`;
}

/** Lines of 76 characters, as MIME asks and Python prints. */
function printBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return text.replace(/.{1,76}/g, '$&\n');
}

// oxlint-disable-next-line no-control-regex -- these are the characters that XML 1.0 cannot carry, plus what needs escaping.
const SPECIAL = /[&<>\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

// oxlint-disable-next-line no-control-regex -- as above; without the u flag, so halves of sound pairs too.
const SUSPECT = /[&<>\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

/**
 * Text for an element. A carriage return is written as a reference, because a parser makes a raw one a line feed.
 * Characters that XML 1.0 has no way to write (most control characters, halves of surrogate pairs) become U+FFFD: one
 * of them in a log must not make the whole answer unreadable, as it does with Supervisor.
 */
function escape(text: string): string {
  // Most texts contain none of them, and this test costs a third of the replacement.
  if (!SUSPECT.test(text)) return text;
  return text.replace(SPECIAL, (character) => ESCAPES[character] ?? '\ufffd');
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isArray(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
