/**
 * A text on one line, as an error or a log shows it: control characters, line ends and the characters that turn the direction
 * of writing are spelled out as in JSON (`\n`, `\u001b`). A hostile text then neither begins a line nor moves a cursor.
 */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, spell);
}

const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;

/** One character in JSON's spelling: `\n` where it has a short one, else `\u009b`. */
export function spell(character: string): string {
  const spelled = JSON.stringify(character).slice(1, -1);
  return spelled === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : spelled;
}
