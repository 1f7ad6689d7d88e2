import type { Document, OptionEntry, Place, Section } from '../document.ts';
import { nearest } from './nearest.ts';
import { placeOf, showValue } from '../problem.ts';
import type { Problem } from '../problem.ts';

/** More about a fault than its message. */
export interface FaultDetails {
  readonly severity?: Problem['severity'];
  readonly kind?: Problem['kind'];
  readonly fails?: true;
  readonly allowed?: string | undefined;
  /** Words of which the nearest to `typo` is suggested. */
  readonly known?: Iterable<string>;
  readonly typo?: string;
  /** The suggestion, where it is known better than by its spelling. */
  readonly nearest?: string | undefined;
}

/** How bad an unknown or a repeated name is: Supervisor ignores it in its own format, ours do not. */
export function looseSeverity({ format }: Pick<Section, 'format'>): Problem['severity'] {
  return format === 'supervisord.conf' ? 'warning' : 'error';
}

/** Collects what is wrong with a document, so that all of it is told at once. */
export class Reporter {
  readonly problems: Problem[] = [];
  constructor(document: Document) {
    this.problems.push(...document.problems);
  }

  /** About a file, or the configuration as a whole. */
  file(at: Place, message: string, details: FaultDetails = {}): void {
    this.#add(at, {}, message, details);
  }

  section(section: Section, message: string, details: FaultDetails = {}): void {
    this.#add(section.at, { section: section.title }, message, details);
  }

  /** About an option that is missing, or that is wrong in view of others. */
  option(section: Section, option: string, message: string, details: FaultDetails = {}): void {
    this.#add(
      section.options.get(option)?.at ?? missingPlace(section, option),
      { section: section.title, option },
      message,
      details,
    );
  }

  /** About the value of an option, which is shown unless it is a secret. */
  value(
    section: Section,
    option: string,
    entry: OptionEntry,
    isSecret: boolean,
    message: string,
    details: FaultDetails = {},
  ): void {
    const value = isSecret ? {} : { value: showValue(entry.value) };
    this.#add(entry.at, { section: section.title, option, ...value }, message, details);
  }

  get hasErrors(): boolean {
    return this.problems.some(({ severity }) => severity === 'error');
  }

  #add(
    at: Place,
    subject: Pick<Problem, 'section' | 'option' | 'value'>,
    message: string,
    details: FaultDetails,
  ): void {
    const { severity = 'error', kind = 'form', fails, allowed, known = [], typo } = details;
    const suggestion = details.nearest ?? (typo === undefined ? undefined : nearest(typo, known));
    this.problems.push({
      severity,
      kind,
      ...(fails !== undefined && { fails }),
      ...placeOf(at),
      ...shortened(subject),
      message: shorten(message),
      ...(allowed !== undefined && { allowed }),
      ...(suggestion !== undefined && { nearest: suggestion }),
    });
  }
}

/** Where an option would stand. */
function missingPlace({ at }: Section, option: string): Place {
  return at.path === undefined ? at : { ...at, path: `${at.path}.${option}` };
}

/** A name may be as long as a file. */
const MAX_LENGTH = 400;

function shorten(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

function shortened(
  subject: Pick<Problem, 'section' | 'option' | 'value'>,
): Pick<Problem, 'section' | 'option' | 'value'> {
  return Object.fromEntries(Object.entries(subject).map(([key, text]) => [key, shorten(text)]));
}
