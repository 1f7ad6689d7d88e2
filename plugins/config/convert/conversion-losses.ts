import type { Place, Problem, Section } from '../index.ts';
import type { AnnotatedOption, AnnotatedSection } from './annotated-document.ts';

/** What the other format cannot express. It is reported and kept as a comment, never silently dropped. */
export class ConversionLosses {
  readonly problems: Problem[] = [];

  /** Lines for a comment. */
  section({ section, options, comments }: AnnotatedSection, reason: string): readonly string[] {
    this.#report(section, section.at, undefined, reason);
    return [...comments, `[${section.title}]: ${reason}`, ...options.flatMap((option) => linesOf(option))];
  }

  option(section: Section, option: AnnotatedOption, reason: string): readonly string[] {
    this.#report(section, option.at, option.name, reason);
    return [...option.comments, `${option.name}: ${reason}`, ...linesOf(option)];
  }

  about(place: Place, message: string): void {
    this.problems.push({ severity: 'warning', kind: 'form', ...placeOf(place), message });
  }

  #report({ title }: Section, at: Place, option: string | undefined, reason: string): void {
    const message = `${reason}; kept as a comment`;
    const subject = { section: title, ...(option !== undefined && { option }) };
    this.problems.push({ severity: 'warning', kind: 'form', ...placeOf(at), ...subject, message });
  }
}

function placeOf({ file, line, path }: Place): Pick<Problem, 'file' | 'line' | 'path'> {
  return { file, ...(line !== undefined && { line }), ...(path !== undefined && { path }) };
}

function linesOf({ name, value }: AnnotatedOption): readonly string[] {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
  return `${name}=${text}`.split('\n');
}
