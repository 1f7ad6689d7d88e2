import { splitCommand } from '../../../core/index.ts';
import { isSame, textOf } from '../index.ts';
import type { Tables } from '../index.ts';
import { canPrint, canPrintTitle } from '../supervisord-conf/index.ts';
import type { PrintedOption, PrintedSection } from '../supervisord-conf/index.ts';
import type { ConversionLosses } from './conversion-losses.ts';
import type { AnnotatedDocument, AnnotatedOption, AnnotatedSection } from './annotated-document.ts';

const ORDER = ['unix_http_server', 'inet_http_server', 'supervisord', 'rpcinterface', 'supervisorctl'];

/**
 * The sections of a supervisord.conf that says the same as an annotated document; what it cannot say is in comments, at
 * the end of `trailing`.
 */
export function confSections(
  { sections }: AnnotatedDocument,
  tables: Tables,
  losses: ConversionLosses,
): { readonly sections: readonly PrintedSection[]; readonly trailing: readonly string[] } {
  const printed: { readonly rank: number; readonly section: PrintedSection }[] = [];
  const trailing: string[] = [];
  for (const written of sections) {
    const { title, kind } = written.section;
    const isKnown = tables.optionsOf(kind) !== undefined || kind === 'rpcinterface';
    if (isKnown && canPrintTitle(title)) printed.push({ rank: rank(kind), section: confSection(written, losses) });
    else
      trailing.push(
        ...losses.section(written, isKnown ? 'a name that a supervisord.conf cannot hold' : 'unknown section'),
      );
  }
  if (!printed.some(({ section }) => section.title === 'supervisord'))
    printed.push({
      rank: rank('supervisord'),
      section: { title: 'supervisord', comments: [], options: [], trailing: [] },
    });
  return { sections: printed.toSorted((one, other) => one.rank - other.rank).map(({ section }) => section), trailing };
}

function rank(kind: string): number {
  return ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length;
}

function confSection(written: AnnotatedSection, losses: ConversionLosses): PrintedSection {
  const { section, comments } = written;
  const options: PrintedOption[] = [];
  const trailing: string[] = [];
  for (const option of written.options) {
    const value = confText(section.title, option);
    if (value === undefined) trailing.push(...losses.option(section, option, lossReason(section.kind, option)));
    else options.push({ name: option.name, value, comments: option.comments });
  }
  return { title: section.title, comments, options, trailing };
}

function lossReason(kind: string, { known }: AnnotatedOption): string {
  return known === undefined && kind !== 'rpcinterface' ? 'unknown option' : 'a supervisord.conf cannot say this value';
}

/** The text that reads as the same value; undefined where there is none. */
function confText(title: string, { name, known, value }: AnnotatedOption): string | undefined {
  if (known === undefined) return typeof value === 'string' && canPrint(title, name, value) ? value : undefined;
  const { schema } = known.option;
  const text = textOf(schema, value);
  const candidates = text === undefined ? [] : [text, ...(name === 'command' ? requoted(text) : [])];
  return candidates.find(
    (candidate) => canPrint(title, name, candidate) && (candidate !== text || keepsMeaning(schema, value, candidate)),
  );
}

/** Values that are already invalid are left to the reader of the new file. */
function keepsMeaning(schema: Parameters<typeof isSame>[0], value: unknown, text: string): boolean {
  const result = schema['~standard'].validate(value);
  const isWrong = result instanceof Promise || result.issues !== undefined;
  return typeof value === 'string' || isWrong || isSame(schema, value, text);
}

/**
 * In a supervisord.conf a blank and a semicolon begin a comment even within quotes. `sh -c "a ; b"` can be written as
 * `sh -c 'a '";"' b'`, but not with an expansion: the inserted text would be quoted, too.
 */
function requoted(command: string): string[] {
  if (command.includes('%(')) return [];
  try {
    return [splitCommand(command).map(quoteWord).join(' ')];
  } catch {
    return [];
  }
}

function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`).replaceAll(/(?<=\s)[;#]/g, `'"$&"'`)}'`;
}
