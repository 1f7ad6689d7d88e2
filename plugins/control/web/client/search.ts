import type { LogBlock } from './log-lines.ts';

/** The lines that contain the search text, in their blocks; the same blocks without a search. */
export function matching(blocks: readonly LogBlock[], search: string): readonly LogBlock[] {
  if (search === '') return blocks;
  const wanted = search.toLowerCase();
  return blocks.flatMap((block) => {
    const lines = block.lines.filter(({ text }) => text.toLowerCase().includes(wanted));
    return lines.length === 0 ? [] : [{ ...block, lines }];
  });
}

/** Splits the text at the matches: every second piece is a match. */
export function piecesOf(text: string, search: string): readonly string[] {
  if (search === '') return [text];
  const pieces: string[] = [];
  const [lower, wanted] = [text.toLowerCase(), search.toLowerCase()];
  // A few letters change their length in lower case; then positions would not fit, and nothing is marked.
  if (lower.length !== text.length) return [text];
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    pieces.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...pieces, text.slice(from)];
}
