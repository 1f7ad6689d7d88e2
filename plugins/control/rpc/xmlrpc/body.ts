import { XmlRpcSyntaxError } from './value.ts';

/**
 * The text of a body. Bytes are UTF-8 unless the XML declaration says ISO-8859-1, which PHP's and Perl's clients use.
 */
export function decodeBody(body: string | Uint8Array, maxLength: number): string {
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
