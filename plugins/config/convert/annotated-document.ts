import { readConfigurationFile } from '../index.ts';
import type { Document, KnownOption, OptionEntry, Place, Section, Tables } from '../index.ts';
import { commentsIn } from '../supervisord-conf/index.ts';
import type { Comments } from '../supervisord-conf/index.ts';
import { moveHere } from './move-here.ts';

/**
 * A configuration between two formats: the written options in order, with the comments about them and their option
 * tables.
 */
export interface AnnotatedDocument {
  readonly header: readonly string[];
  readonly sections: readonly AnnotatedSection[];
}

export interface AnnotatedSection {
  readonly section: Section;
  readonly comments: readonly string[];
  readonly options: readonly AnnotatedOption[];
}

export interface AnnotatedOption {
  readonly name: string;
  readonly value: unknown;
  readonly at: Place;
  readonly comments: readonly string[];
  /** Undefined in sections with free options, and for unknown options. */
  readonly known: KnownOption | undefined;
}

/** Annotates a document, with its paths as seen from `folder`. */
export async function annotate(document: Document, tables: Tables, folder: string): Promise<AnnotatedDocument> {
  const comments = await commentsOf(document);
  const sections = document.sections.filter(({ kind }) => kind !== 'include');
  return {
    header: comments.get(document.file)?.header ?? [],
    sections: sections.map((section) => ({
      section,
      comments: about(section.at, comments),
      options: [...section.options].map(([name, { value, at }]: [string, OptionEntry]) => ({
        name,
        value: moveHere(value, at.file, folder),
        at,
        comments: about(at, comments),
        known: tables.optionsOf(section.kind)?.get(name),
      })),
    })),
  };
}

function about({ file, line }: Place, comments: ReadonlyMap<string, Comments>): readonly string[] {
  return line === undefined ? [] : (comments.get(file)?.of(line) ?? []);
}

/** The files whose positions are line numbers; a configuration that is code has none after it has run. */
async function commentsOf({ sections }: Document): Promise<ReadonlyMap<string, Comments>> {
  const places = sections.flatMap(({ at, options }) => [at, ...[...options.values()].map((entry) => entry.at)]);
  const files = new Set(places.filter(({ line }) => line !== undefined).map(({ file }) => file));
  return new Map(await Promise.all([...files].map(async (file) => [file, commentsIn(await readText(file))] as const)));
}

/** The file may be gone, or was a pipe; then its comments are lost. */
function readText(file: string): Promise<string> {
  return readConfigurationFile(file).then(
    (bytes) => bytes.toString('utf8'),
    () => '',
  );
}
