/**
 * Strings that carry bytes. An environment variable or a path does not have to be UTF-8, and a JavaScript string cannot
 * hold other bytes. So each byte that is not part of valid UTF-8 becomes one lone surrogate, U+DC80 to U+DCFF, and
 * back. Python does the same ("surrogateescape"). Valid UTF-8 is not changed.
 */

/** Decodes bytes. {@link bytesOf} turns the text back into exactly these bytes. */
export function textFromBytes(bytes: Uint8Array): string {
  const whole = decode(bytes);
  if (whole !== undefined) return whole;
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    const character = decode(bytes.subarray(at, at + length));
    text += character ?? String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += character === undefined ? 1 : length;
  }
  return text;
}

export function bytesOf(text: string): Buffer {
  if (!hasRawBytes(text)) return Buffer.from(text);
  return Buffer.concat(
    text.split(/([\u{dc80}-\u{dcff}])/u).map((part) => (hasRawBytes(part) ? rawByte(part) : Buffer.from(part))),
  );
}

/** Whether the text carries bytes that are not UTF-8. */
export function hasRawBytes(text: string): boolean {
  return /[\u{dc80}-\u{dcff}]/u.test(text);
}

/** A path for `node:fs`: Node encodes strings as UTF-8 and takes other bytes in a Buffer only. */
export function pathOf(text: string): string | Buffer {
  return hasRawBytes(text) ? bytesOf(text) : text;
}

function rawByte(escaped: string): Buffer {
  return Buffer.of(escaped.charCodeAt(0) - 0xdc00);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The length of a character that begins with this byte. A byte that begins no character is decoded alone, which fails.
 */
function sequenceLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
