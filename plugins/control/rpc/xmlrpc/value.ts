/**
 * The values of XML-RPC. A `Date` is sent without a time zone and means UTC, to the second. Bytes are sent as base64.
 * `null` is the `<nil/>` extension, which Supervisor itself never sends.
 */
export type XmlRpcValue = string | number | boolean | Date | Uint8Array | null | readonly XmlRpcValue[] | XmlRpcStruct;

export type XmlRpcStruct = { readonly [member: string]: XmlRpcValue };

/** The only object that is neither a list nor a date nor bytes is a struct. */
export function isStruct(value: XmlRpcValue): value is XmlRpcStruct {
  if (typeof value !== 'object' || value === null) return false;
  return !(Array.isArray(value) || value instanceof Date || value instanceof Uint8Array);
}

/** A body that is not XML-RPC. The message says what is wrong, where, and what would be right. */
export class XmlRpcSyntaxError extends Error {
  override readonly name = 'XmlRpcSyntaxError';
}
