import { commentStart } from './parse.ts';

/** The comments of a supervisord.conf, without the characters that begin them. */
export interface Comments {
  /** At the top of the file, above a blank line. */
  readonly header: readonly string[];
  /** About the line of this number, from 1: in the lines right above it, and behind what stands on it. */
  of(line: number): readonly string[];
}

export function commentsIn(text: string): Comments {
  const lines = text.split(/\r\n|\r|\n/);
  const wholes = lines.map(wholeComment);
  const top = wholes.findIndex((comment) => comment === undefined);
  const hasHeader = top > 0 && lines[top]?.trim() === '';
  return {
    header: hasHeader ? texts(wholes.slice(0, top)) : [],
    of(line) {
      const last = line - 1;
      const first = wholes.slice(0, last).findLastIndex((comment) => comment === undefined) + 1;
      return [
        ...(hasHeader && first === 0 ? [] : texts(wholes.slice(first, last))),
        ...texts([inlineComment(lines[last])]),
      ];
    },
  };
}

/** Of a line that is nothing else. */
function wholeComment(line: string): string | undefined {
  return /^\s*[;#] ?(?<text>.*)$/.exec(line)?.groups?.['text'];
}

function inlineComment(line = ''): string | undefined {
  const start = commentStart(line, 0);
  return start === line.length || start === 0 ? undefined : wholeComment(line.slice(start));
}

function texts(comments: readonly (string | undefined)[]): string[] {
  return comments.flatMap((comment) => (comment === undefined ? [] : [comment.trimEnd()]));
}
