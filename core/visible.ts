/**
 * Makes a text safe to show on one line of an error or a log. Control characters, line ends and characters that change
 * the direction of writing are spelled out as in JSON (`\n`, `\u001b`). A hostile text can then neither begin a line
 * nor move a cursor.
 */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, spell);
}

const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;

/** One character in JSON's spelling: `\n` if it has a short form, else `\u009b`. */
export function spell(character: string): string {
  const spelled = JSON.stringify(character).slice(1, -1);
  return spelled === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : spelled;
}
