import { visible, withoutCredentials } from '../../core/index.ts';
import type { Place } from './document.ts';
import type { ConfigErrorCode } from './errors.ts';

/** Something that is wrong, or odd, with a configuration. */
export interface Problem {
  /** A hint changes nothing: it says what could be better. */
  readonly severity: 'error' | 'warning' | 'hint';
  /** A warning that `--check` fails on: Supervisor, and so the daemon, starts all the same. */
  readonly fails?: true;
  /** Level of the line about a warning in the daemon's log, where WARN is not enough. */
  readonly level?: 'CRIT';
  /**
   * `form`: the text itself is at fault. `host`: this machine lacks what it asks for (a user, a directory), and the same text may be
   * right elsewhere.
   */
  readonly kind: 'form' | 'host';
  /** Where there is a heading about it in docs/errors.md. */
  readonly code?: ConfigErrorCode;
  /** Which hint it is, by its name in hints/table.ts. */
  readonly hint?: string;
  /** Empty where no file is concerned. */
  readonly file: string;
  /** Counted from 1; absent where the format has no lines that could be told. */
  readonly line?: number;
  readonly column?: number;
  /** Where in a native configuration: `programs.web.autostart`. */
  readonly path?: string;
  /** As the file spells it, without brackets: `program:web`. */
  readonly section?: string;
  readonly option?: string;
  /** What the file says, shortened. Absent for secrets. */
  readonly value?: string;
  readonly message: string;
  readonly allowed?: string;
  /** The known name or word that was probably meant. */
  readonly nearest?: string;
  /** What would be better. */
  readonly instead?: string;
}

/** One line for people, whatever names and values the file has: `FILE:LINE: [program:web] stopsignal = "FOO": not a signal; allowed: …; did you mean …?` */
export function printProblem(problem: Problem): string {
  const { message, allowed, nearest, instead } = problem;
  const hints = [
    message,
    ...(allowed === undefined ? [] : [`allowed: ${allowed}`]),
    ...(nearest === undefined ? [] : [`did you mean ${nearest}?`]),
    ...(instead === undefined ? [] : [`better: ${instead}`]),
  ];
  return visible([...printPlace(problem), ...printSubject(problem), hints.join('; ')].join(' '));
}

function printPlace({ file, line, column }: Problem): string[] {
  const numbers = [line, column].filter((number) => number !== undefined);
  return file === '' ? [] : [`${[file, ...numbers].join(':')}:`];
}

/** A native configuration is best understood by its own path. */
function printSubject({ section, option, path, value }: Problem): string[] {
  if (path !== undefined) return [printOption(path, value)];
  if (section === undefined) return option === undefined ? [] : [printOption(option, value)];
  return option === undefined ? [`[${section}]`] : [`[${section}]`, printOption(option, value)];
}

function printOption(option: string, value: string | undefined): string {
  return value === undefined ? `${option}:` : `${option} = ${value}:`;
}

const SHOWN_LENGTH = 120;

/** A value as an error shows it: JSON's spelling, on one line, of bounded length. */
export function showValue(value: unknown): string {
  // A long text is cut before it is spelled out, so that a hostile one costs nothing.
  const shown = JSON.stringify(sample(value, SHOWN_DEPTH)) ?? typeof value;
  return shown.length > SHOWN_LENGTH ? `${shown.slice(0, SHOWN_LENGTH)}…` : shown;
}

/** Nobody reads further into a value than this. */
const SHOWN_DEPTH = 3;
const SHOWN_ITEMS = 20;

/**
 * As much of a value as could be shown. A value may be deeper than the stack, hold itself, or, by the aliases of YAML, be a
 * few lines that are gigabytes when they are spelled out.
 */
function sample(value: unknown, depth: number): unknown {
  // Credentials first: a cut may take the `@` away that tells them.
  if (typeof value === 'string') return withoutCredentials(value).slice(0, SHOWN_LENGTH + 1);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, SHOWN_ITEMS).map((item: unknown) => sample(item, depth - 1));
  const entries = Object.entries(value).slice(0, SHOWN_ITEMS);
  return Object.fromEntries(entries.map(([name, item]: [string, unknown]) => [name, sample(item, depth - 1)]));
}

/** What is the same for all problems at one place. */
export function placeOf(at: Place): Pick<Problem, 'file' | 'line' | 'path'> {
  return {
    file: at.file,
    ...(at.line !== undefined && { line: at.line }),
    ...(at.path !== undefined && { path: at.path }),
  };
}
