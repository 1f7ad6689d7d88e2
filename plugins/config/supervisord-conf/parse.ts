/**
 * supervisord.conf is not the INI that the `ini` package reads. Supervisor reads it with Python's RawConfigParser, `;` and `#` as inline
 * comment prefixes, duplicates allowed. `translate` turns such a text into one that `ini` reads to the same effect, and remembers the lines.
 *
 * The rules, line by line (lines end with LF, CR LF or CR; blanks are Unicode's):
 *
 * - A `;` or `#` at the start of a line, or behind a blank, starts a comment, quoted or not. A line whose first character other than
 *   blanks is one of them is a comment as a whole.
 * - A line without anything else adds a line end to the value above it, unless a comment stood on it. Such line ends at the end of a
 *   value do not count.
 * - A line that is indented more than the section or option line before it continues the value above it: it is added behind a line
 *   end, without blanks at its ends. So does one that looks like an option. Right below a section line there is no value to continue.
 * - `[title]` begins a section; the title goes on to the last `]` of the line, and what follows is ignored. A second section of the same
 *   title goes on with the first.
 * - In anything else the first `=` or `:` separates name and value, both without blanks at their ends, the name in lower case. An option
 *   that occurs twice has its last value.
 * - A line before any section, and one that is none of these, is an error.
 *
 * What `ini` gets is one line for each section and option, with everything in JSON's quotes, which protect `;`, `#`, `=`, backslashes and
 * line ends. A marker in front of every name and value keeps `ini` from turning `true`, `false` and `null` into constants and from
 * dropping `__proto__`; one behind every name keeps `name[]` from making an array; a backslash keeps a dot in a title from nesting.
 */

import { decode } from 'ini';

/** The sections of one file, by title in the order of the file. */
export interface ParsedConf {
  readonly sections: ReadonlyMap<string, ParsedSection>;
  /** `[DEFAULT]`: what every section has unless it says otherwise. */
  readonly defaults: ReadonlyMap<string, ParsedOption>;
  readonly problems: readonly LineProblem[];
}

interface ParsedSection {
  readonly line: number;
  /** The lines where it occurs again; it goes on there. */
  readonly again: readonly number[];
  readonly options: ReadonlyMap<string, ParsedOption>;
}

export interface ParsedOption {
  readonly value: string;
  readonly line: number;
}

const DEFAULTS = 'DEFAULT';

/** Reads the text of a supervisord.conf. Values are as written: nothing is expanded or converted. */
export function parseConf(text: string): ParsedConf {
  const translation = translate(text);
  const decoded = decode(translation.ini);
  const sections = new Map<string, ParsedSection>();
  for (const [title, { line, again, options }] of translation.sections) {
    const values: unknown = decoded[quotedName(title)];
    sections.set(title, { line, again, options: readOptions(values, options) });
  }
  const defaults = sections.get(DEFAULTS)?.options ?? new Map<string, ParsedOption>();
  sections.delete(DEFAULTS);
  return { sections, defaults, problems: translation.problems };
}

function readOptions(values: unknown, lines: ReadonlyMap<string, number>): Map<string, ParsedOption> {
  const options = new Map<string, ParsedOption>();
  for (const [name, line] of lines) {
    const value = valueOf(values, quotedName(name));
    options.set(name, { value: unquote(value), line });
  }
  return options;
}

function valueOf(values: unknown, name: string): string {
  const value: unknown = typeof values === 'object' && values !== null ? Reflect.get(values, name) : undefined;
  // Cannot happen: every option that has a line was written for `ini`.
  if (typeof value !== 'string') throw new Error(`option ${name} was lost on its way through the ini package`);
  return value;
}

/** A text for `ini`, and where in the original everything stands. */
interface Translation {
  readonly ini: string;
  /** By title, in the order of first appearance; the line of the first one. */
  readonly sections: ReadonlyMap<string, SectionLines>;
  readonly problems: readonly LineProblem[];
}

interface SectionLines {
  readonly line: number;
  /** Where it occurs again. */
  readonly again: readonly number[];
  /** By name, in the order of first appearance; the line that the value in force begins on. */
  readonly options: ReadonlyMap<string, number>;
}

interface LineProblem {
  readonly line: number;
  readonly text: string;
  readonly message: string;
}

function translate(text: string): Translation {
  const translator = new Translator();
  let number = 0;
  if (text.startsWith(BYTE_ORDER_MARK)) translator.refuse(1, 'U+FEFF', BYTE_ORDER_MARK_FAULT);
  const lines = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  for (const line of lines.split(/\r\n|\r|\n/)) translator.readLine(line, ++number);
  return translator.finish();
}

const BYTE_ORDER_MARK = '\u{FEFF}';
const BYTE_ORDER_MARK_FAULT = 'a byte order mark, which Supervisor refuses; save the file as UTF-8 without one';

// What Python's str.isspace() holds for a blank; JavaScript's \s lacks four of them and has U+FEFF besides.
const BLANK = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const COMMENT = new RegExp(`(?:^|[${BLANK}])[;#]`, 'u');
const INDENTATION = new RegExp(`^[${BLANK}]*`, 'u');
const NOT_BLANK = new RegExp(`[^${BLANK}]`, 'u');
const SECTION = /^\[(?<title>.+)\]/su;

class Translator {
  readonly #lines: string[] = [];
  readonly #sections = new Map<string, { line: number; again: number[]; options: Map<string, number> }>();
  readonly #problems: LineProblem[] = [];
  #section: { options: Map<string, number> } | undefined;
  #option: { name: string; parts: string[] } | undefined;
  #indentation = 0;

  readLine(line: string, number: number): void {
    const indentation = INDENTATION.exec(line)?.[0].length ?? 0;
    const comment = commentStart(line, indentation);
    const content = trim(line.slice(0, comment));
    if (content === '') {
      if (comment === line.length) this.#option?.parts.push('');
    } else if (this.#option !== undefined && indentation > this.#indentation) {
      this.#option.parts.push(content);
    } else {
      this.#indentation = indentation;
      this.#readHeader(content, line, number);
    }
  }

  #readHeader(content: string, line: string, number: number): void {
    const title = SECTION.exec(content)?.groups?.['title'];
    if (title !== undefined) {
      this.#beginSection(title, number);
      return;
    }
    const separator = content.search(/[=:]/);
    if (this.#section === undefined) {
      this.refuse(number, line, 'an option before the first [section]');
    } else if (separator === -1) {
      this.refuse(number, line, 'neither a [section] nor an option = value');
    } else if (separator === 0) {
      this.refuse(number, line, 'an option without a name');
    } else {
      this.#beginOption(trim(content.slice(0, separator)).toLowerCase(), trim(content.slice(separator + 1)), number);
    }
  }

  #beginSection(title: string, line: number): void {
    this.#endOption();
    const known = this.#sections.get(title);
    known?.again.push(line);
    const section = known ?? { line, again: [], options: new Map<string, number>() };
    this.#sections.set(title, section);
    this.#section = section;
    this.#lines.push(`[${quote(title.replaceAll('.', String.raw`\.`))}]`);
  }

  #beginOption(name: string, value: string, line: number): void {
    this.#endOption();
    this.#section?.options.set(name, line);
    this.#option = { name, parts: [value] };
  }

  #endOption(): void {
    if (this.#option !== undefined) {
      const value = trimEnd(this.#option.parts.join('\n'));
      this.#lines.push(`${quote(this.#option.name)}=${quote(value)}`);
    }
    this.#option = undefined;
  }

  refuse(line: number, text: string, message: string): void {
    this.#problems.push({ line, text, message });
  }

  finish(): Translation {
    this.#endOption();
    return { ini: this.#lines.join('\n'), sections: this.#sections, problems: this.#problems };
  }
}

/** Where the comment of a line begins; the line's length where there is none. */
export function commentStart(line: string, indentation: number): number {
  const first = line[indentation];
  if (first === ';' || first === '#') return 0;
  const match = COMMENT.exec(line);
  return match === null ? line.length : match.index + match[0].length - 1;
}

function trim(text: string): string {
  return trimEnd(text.slice(INDENTATION.exec(text)?.[0].length));
}

// From the end by hand: a pattern like /[ ]+$/ takes time with the square of the blanks within a text.
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && !NOT_BLANK.test(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

const MARK = '\u0002';

/** In quotes, with a marker at both ends, and free of what ends a line or a title for `ini`. */
function quote(text: string): string {
  return JSON.stringify(MARK + text + MARK).replaceAll(/[\]\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The other way: what `ini` made of a name or value, without the markers. */
function unquote(text: string): string {
  return text.slice(MARK.length, -MARK.length);
}

/** How `ini` spells the name that was written as `text`. */
function quotedName(text: string): string {
  return MARK + text + MARK;
}
