import { parseConf } from './parse.ts';

/** A section to print, with what is said above it and its options. */
export interface PrintedSection {
  readonly title: string;
  readonly comments: readonly string[];
  readonly options: readonly PrintedOption[];
  /** Said at its end. */
  readonly trailing: readonly string[];
}

export interface PrintedOption {
  readonly name: string;
  readonly value: string;
  readonly comments: readonly string[];
}

/** A supervisord.conf. Reading it gives the same sections and options; for that every one of them has to be {@link canPrint}ed. */
export function printConf(header: readonly string[], sections: readonly PrintedSection[]): string {
  return [...(header.length === 0 ? [] : [printComments(header)]), ...sections.map(printSection)].join('\n');
}

function printSection({ title, comments, options, trailing }: PrintedSection): string {
  const lines = options.map(({ name, value, comments: above }) => printComments(above) + printOption(name, value));
  return `${printComments(comments)}[${title}]\n${lines.join('')}${printComments(trailing)}`;
}

function printOption(name: string, value: string): string {
  return `${name}=${value.replaceAll('\n', '\n    ')}\n`;
}

function printComments(comments: readonly string[]): string {
  return comments.map((comment) => `; ${oneLine(comment)}`.trimEnd() + '\n').join('');
}

/** Nothing in a comment may end its line. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

/**
 * Whether an option can be said in a supervisord.conf: no text with a blank and a `;` or `#` in it, with blanks at its ends, or with a name of
 * capital letters can.
 */
export function canPrint(title: string, name: string, value: string): boolean {
  const { sections, problems } = parseConf(`[${title}]\n${printOption(name, value)}`);
  const options = sections.get(title)?.options;
  return problems.length === 0 && sections.size === 1 && options?.size === 1 && options.get(name)?.value === value;
}

/** Whether there can be a section of this title. */
export function canPrintTitle(title: string): boolean {
  const { sections, problems } = parseConf(`[${title}]\n`);
  return problems.length === 0 && sections.size === 1 && sections.has(title);
}
