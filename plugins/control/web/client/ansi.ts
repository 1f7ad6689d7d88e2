import { visible } from './visible.ts';

/**
 * The colours of a terminal, as class names. A line is text with escape sequences in it:
 *
 *   sequence = ESC `[` parameters intermediates final     `m` changes the pen (SGR); every other final is dropped
 *            | ESC (`]` | `P` | `X` | `^` | `_`) … (BEL | ESC `\`)    titles, links, images: dropped with what they hold
 *            | ESC intermediates final                    dropped
 *
 * The bytes 0x9B, 0x9D … that say the same in one character are read alike. What does not end on its line is no
 * sequence: its ESC becomes a visible sign and the rest stays text, so that nothing can hide the rest of a log.
 */
export interface Span {
  readonly text: string;
  /** Space-separated class names; empty for plain text. */
  readonly className: string;
}

/** How the next character is drawn. It stays from one line to the next, as in a terminal. */
export interface Pen {
  /** 0 to 15 of the palette. */
  readonly ink?: number | undefined;
  readonly paper?: number | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
  readonly strike?: boolean;
}

export const PLAIN: Pen = {};

/** More pieces than this are not worth an element each: the rest of the line is drawn as one. */
const MOST_SPANS = 200;

const ESC = '\u001b';
const END = `(?:\u0007|${ESC}\\\\|\u009c)`;
const SEQUENCE = new RegExp(
  [
    `(?:${ESC}\\[|\u009b)(?<parameters>[0-9;:<=>?]*)[ -/]*(?<final>[@-~])`,
    `(?:${ESC}[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007${ESC}\u009c]*${END}`,
    `${ESC}[ -/]*[0-OQ-WYZ\\\\\u0060-~]`,
  ].join('|'),
  'g',
);

/** The line in pieces that look alike, and the pen for the next one. */
export function inked(line: string, pen: Pen): { readonly spans: readonly Span[]; readonly pen: Pen } {
  const spans: Span[] = [];
  let end = 0;
  for (const match of line.matchAll(SEQUENCE)) {
    append(spans, line.slice(end, match.index), pen);
    end = match.index + match[0].length;
    const { parameters = '', final } = match.groups ?? {};
    if (final === 'm' && /^[\d;:]*$/.test(parameters)) pen = redrawn(pen, parameters);
  }
  append(spans, line.slice(end), pen);
  return { spans, pen };
}

function append(spans: Span[], raw: string, pen: Pen): void {
  if (raw === '') return;
  const text = visible(raw);
  const className = classNameOf(pen);
  const last = spans.at(-1);
  if (last !== undefined && (last.className === className || spans.length >= MOST_SPANS)) {
    spans[spans.length - 1] = { text: last.text + text, className: last.className };
  } else spans.push({ text, className });
}

function classNameOf({ ink, paper, bold, dim, italic, underline, inverse, strike }: Pen): string {
  return [
    ink !== undefined && `ink-${ink}`,
    paper !== undefined && `paper-${paper}`,
    bold && 'bold',
    dim && 'dim',
    italic && 'italic',
    underline && 'underline',
    inverse && 'inverse',
    strike && 'strike',
  ]
    .filter(Boolean)
    .join(' ');
}

/** The pen after `ESC [ parameters m`. */
function redrawn(pen: Pen, parameters: string): Pen {
  // `38:2::r:g:b` is the standard's spelling of `38;2;r;g;b`; the empty one is a colour space that nobody uses.
  const codes = parameters
    .replace(/(?<=[34]8:2):(?=:|\d+:\d+:\d+:\d+)/g, '')
    .split(/[;:]/)
    .map(Number);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { color, used } = extended(codes.slice(at + 1));
      pen = code === 38 ? { ...pen, ink: color } : { ...pen, paper: color };
      at += used;
    } else pen = changed(pen, code);
  }
  return pen;
}

function changed(pen: Pen, code: number): Pen {
  if (code >= 30 && code <= 37) return { ...pen, ink: code - 30 };
  if (code >= 90 && code <= 97) return { ...pen, ink: code - 82 };
  if (code >= 40 && code <= 47) return { ...pen, paper: code - 40 };
  if (code >= 100 && code <= 107) return { ...pen, paper: code - 92 };
  const change = CHANGES.get(code);
  return change === undefined ? pen : change(pen);
}

const CHANGES = new Map<number, (pen: Pen) => Pen>([
  [0, () => PLAIN],
  [1, (pen) => ({ ...pen, bold: true })],
  [2, (pen) => ({ ...pen, dim: true })],
  [3, (pen) => ({ ...pen, italic: true })],
  [4, (pen) => ({ ...pen, underline: true })],
  [7, (pen) => ({ ...pen, inverse: true })],
  [9, (pen) => ({ ...pen, strike: true })],
  [22, (pen) => ({ ...pen, bold: false, dim: false })],
  [23, (pen) => ({ ...pen, italic: false })],
  [24, (pen) => ({ ...pen, underline: false })],
  [27, (pen) => ({ ...pen, inverse: false })],
  [29, (pen) => ({ ...pen, strike: false })],
  [39, (pen) => ({ ...pen, ink: undefined })],
  [49, (pen) => ({ ...pen, paper: undefined })],
]);

/** `5;n` and `2;r;g;b`, as the nearest of the sixteen: those the page has in a legible shade for light and dark. */
function extended([kind, ...codes]: readonly number[]): { color: number | undefined; used: number } {
  if (kind === 5) return { color: ofPalette(codes[0] ?? 0), used: 2 };
  if (kind === 2) return { color: nearest(codes[0] ?? 0, codes[1] ?? 0, codes[2] ?? 0), used: 4 };
  return { color: undefined, used: 0 };
}

function ofPalette(index: number): number | undefined {
  if (index < 16) return index;
  if (index > 255) return undefined;
  if (index >= 232) return nearest(...grey(8 + (index - 232) * 10));
  const cube = index - 16;
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

const grey = (level: number): [number, number, number] => [level, level, level];

/** Bit by bit, as the sixteen were made: red 1, green 2, blue 4, bright 8. */
function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  if (most - Math.min(red, green, blue) < 30) return [0, 8, 7, 15][Math.min(3, Math.floor(most / 64))] ?? 7;
  const has = (part: number): boolean => part > most * 0.6;
  return (has(red) ? 1 : 0) + (has(green) ? 2 : 0) + (has(blue) ? 4 : 0) + (most > 200 ? 8 : 0);
}
