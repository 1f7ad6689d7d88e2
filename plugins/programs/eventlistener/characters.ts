/**
 * The number of bytes at the end that begin a character without completing it. A read may end anywhere. Supervisor
 * treats the two halves of a character as undecodable; here the first half waits for the second.
 */
export function cutOff(bytes: Uint8Array): number {
  // A character has at most four bytes, so its first one is among the last three if it is cut off.
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < lengthFrom(byte) ? back : 0;
  }
  return 0;
}

function lengthFrom(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}

/** Counts characters as Python does: code points, whereas JavaScript counts UTF-16 units. */
export function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    if ((text.codePointAt(at) ?? 0) < 0x10000) continue;
    count -= 1;
    at += 1;
  }
  return count;
}
