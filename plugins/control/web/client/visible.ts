/**
 * Makes a text safe to read: control characters become their pictures (`␀`), and characters that change the direction
 * of writing, by which a name or a line can be made to look like another, become their numbers. It is only put into
 * text nodes, so markup in it stays text.
 */
export function visible(text: string): string {
  return text.replace(CONTROLS, pictureOf).replace(BIDI, (character) => `‹U+${hex(character)}›`);
}

/** All of C0, C1 and DEL, but tab. */
const CONTROLS = /[^\P{Cc}\t]/gu;
/** The controls of the bidirectional algorithm (Unicode: Bidi_Control), and the byte order mark, which has no width. */
const BIDI = /[\p{Bidi_Control}\uFEFF]/gu;

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : `‹U+${hex(character)}›`;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
