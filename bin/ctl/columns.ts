/**
 * Words in as few rows as fit the width, read downwards, two blanks between the columns. Every column is padded, the
 * last one too, because the listing of Python's cmd.py is, and is compared with ours byte for byte.
 */
export function columnize(words: readonly string[], width: number): string {
  for (let rows = 1; rows < words.length; rows += 1) {
    const widths = columnWidths(words, rows);
    const total = widths.reduce((sum, column) => sum + column + 2, -2);
    if (total <= width) return layOut(words, rows, widths);
  }
  return words.join('\n');
}

function columnWidths(words: readonly string[], rows: number): readonly number[] {
  const count = Math.ceil(words.length / rows);
  return Array.from({ length: count }, (_, column) =>
    Math.max(...words.slice(column * rows, (column + 1) * rows).map((word) => word.length)),
  );
}

function layOut(words: readonly string[], rows: number, widths: readonly number[]): string {
  return Array.from({ length: rows }, (_, row) =>
    words
      .filter((_word, i) => i % rows === row)
      .map((word, column) => word.padEnd(widths[column] ?? 0))
      .join('  '),
  ).join('\n');
}
