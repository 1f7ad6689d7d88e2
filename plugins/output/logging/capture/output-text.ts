/**
 * The output of a program as text, for events and for the daemon's log. Bytes that are not UTF-8 are written as
 * Supervisor does it, as a Python byte string, so that nothing is lost.
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return strictly.decode(bytes);
  } catch {
    return `Undecodable: ${pythonBytes(bytes)}`;
  }
}

const strictly = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const NAMED: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x5c: '\\\\' };

/** Python's `repr` of a bytes object. */
function pythonBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const spelled = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    if (character === quote) return `\\${quote}`;
    return NAMED[byte] ?? (byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`);
  });
  return `b${quote}${spelled.join('')}${quote}`;
}
