import { isUtf8 } from 'node:buffer';
import { dirname, isAbsolute, join, resolve } from 'node:path';

import { codeOf, expand, reasonOf } from '../../core/index.ts';
import { glob, parseConf } from './supervisord-conf/index.ts';
import type { ParsedConf, ParsedOption } from './supervisord-conf/index.ts';
import { environmentScope } from './resolve/context.ts';
import type { Document, OptionEntry, Place, Section } from './document.ts';
import { readConfigurationFile } from './find/file.ts';
import type { Problem } from './problem.ts';
import type { Tables } from './options/tables.ts';
import { distrust, distrustOpened } from './find/trust.ts';

/** What `%(…)s` in the patterns of `[include]` may insert. */
export interface ReadContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostName: string;
  /** Who carries out what the files say; root reads none that somebody else can write. Left out: nobody, the files are only read. */
  readonly uid?: number;
  /** Left out: no section is a program, of which there should be one. */
  readonly tables?: KnowsPrograms;
}

type KnowsPrograms = Pick<Tables, 'programKinds'>;

/**
 * Reads a supervisord.conf and the files that its `[include]` names. Sections and options that occur again, in one file or in several,
 * replace what came before. `[include]` in an included file is not followed. Never throws for what a file contains or lacks: that is among
 * the document's problems.
 */
export async function readSupervisordConf(file: string, context: ReadContext): Promise<Document> {
  const path = resolve(file);
  const builder = new DocumentBuilder(path, context);
  await builder.read(path, 'main');
  const { patterns, problems } = includePatterns(builder.section('include'), path, context);
  builder.report(problems);
  for (const pattern of patterns) {
    const matches = await glob(isAbsolute(pattern.text) ? pattern.text : join(dirname(path), pattern.text));
    if (matches.length === 0) builder.report([noMatch(pattern)]);
    // One after the other: a later file replaces what an earlier one says.
    for (const match of matches) await builder.read(match, 'included');
  }
  return builder.finish();
}

/** The document of one text, with nothing included. */
export function documentOf(file: string, text: string, tables: KnowsPrograms): Document {
  const builder = new DocumentBuilder(file, { tables });
  builder.add(file, parseConf(text));
  return builder.finish();
}

class DocumentBuilder {
  readonly #file: string;
  readonly #sections = new Map<string, { title: string; at: Place; options: Map<string, OptionEntry> }>();
  readonly #defaults = new Map<string, OptionEntry>();
  readonly #included: string[] = [];
  readonly #problems = new Map<string, Problem>();

  readonly #uid: number;
  readonly #tables: KnowsPrograms | undefined;

  constructor(file: string, { uid = -1, tables }: Pick<ReadContext, 'uid' | 'tables'>) {
    this.#file = file;
    this.#uid = uid;
    this.#tables = tables;
  }

  async read(file: string, role: 'main' | 'included'): Promise<void> {
    if (role === 'included') this.#included.push(file);
    const distrusted = distrust(file, this.#uid, 'conf');
    if (distrusted !== undefined) this.report([distrusted]);
    if (distrusted?.severity === 'error') return;
    const text = await readText(file, this.#uid);
    if (typeof text === 'string') this.add(file, parseConf(text));
    else if ('severity' in text) this.report([text]);
    else this.report([{ ...text.problem, severity: role === 'included' && text.isUnreadable ? 'warning' : 'error' }]);
  }

  add(file: string, conf: ParsedConf): void {
    this.report(conf.problems.map(({ line, text, message }) => syntaxError(file, line, text, message)));
    for (const [name, option] of conf.defaults) this.#defaults.set(name, { ...entry(file, option), isDefault: true });
    for (const [title, { line, again, options }] of conf.sections) {
      // Of other sections it is done on purpose; two programs of one name are two programs to whoever wrote them.
      const isProgram = this.#isProgram(title);
      if (isProgram) this.report(again.map((other) => secondSection(file, other, title, line)));
      const known = this.#sections.get(title);
      const isSameFile = known !== undefined && known.at.file === file;
      if (known !== undefined && !isSameFile && isProgram) this.report([secondProgram(file, line, title, known.at)]);
      const section = known ?? { title, at: { file, line }, options: new Map<string, OptionEntry>() };
      for (const [name, option] of options) section.options.set(name, entry(file, option));
      this.#sections.set(title, section);
    }
  }

  #isProgram(title: string): boolean {
    const [kind = '', name] = title.split(':', 2);
    return name !== undefined && this.#tables?.programKinds.has(kind) === true;
  }

  section(title: string): ReadonlyMap<string, OptionEntry> | undefined {
    const section = this.#sections.get(title);
    return section === undefined ? undefined : new Map([...this.#defaults, ...section.options]);
  }

  /** A file that includes itself is read twice; what is wrong with it is told once. */
  report(problems: readonly Problem[]): void {
    for (const problem of problems) this.#problems.set(JSON.stringify(problem), problem);
  }

  finish(): Document {
    return {
      file: this.#file,
      format: 'supervisord.conf',
      sections: [...this.#sections.values()].map((section) => this.#finishSection(section)),
      included: this.#included,
      problems: [...this.#problems.values()],
    };
  }

  #finishSection({ title, at, options }: { title: string; at: Place; options: Map<string, OptionEntry> }): Section {
    const [, kind = title, name] = SERVER.exec(title) ?? TITLE.exec(title) ?? [];
    return {
      title,
      kind,
      name,
      format: 'supervisord.conf',
      at,
      options: this.#defaults.size === 0 ? options : new Map([...this.#defaults, ...options]),
    };
  }
}

const TITLE = /^([^:]*)(?::([^]*))?$/;
// Supervisor looks at the beginning only: `[inet_http_server_public]` is one, too.
const SERVER = /^(unix_http_server|inet_http_server)(?:[^:]*)(?::([^]*))?$/;

function entry(file: string, { value, line }: ParsedOption): OptionEntry {
  return { value, at: { file, line } };
}

type Unreadable = { readonly problem: Omit<Problem, 'severity'>; readonly isUnreadable: boolean };

async function readText(file: string, uid: number): Promise<string | Unreadable | Problem> {
  let bytes: Buffer;
  let distrusted: Problem | undefined;
  try {
    bytes = await readConfigurationFile(file, (stats) => {
      distrusted = distrustOpened(file, stats, uid);
      if (distrusted !== undefined) throw new Error(distrusted.message);
    });
  } catch (error) {
    if (distrusted !== undefined) return distrusted;
    const message =
      codeOf(error) === 'ENOENT' ? 'could not find config file' : `could not read config file: ${reasonOf(error)}`;
    return { problem: { kind: 'host', file, message: `${message} ${file}` }, isUnreadable: true };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return {
      problem: { kind: 'form', file, line: firstBadLine(bytes), message: 'the file is not UTF-8' },
      isUnreadable: false,
    };
  }
}

/** The line that holds the first byte that is not UTF-8. No character of several bytes contains a line end. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (
    let end = bytes.indexOf('\n');
    end !== -1 && isUtf8(bytes.subarray(start, end));
    end = bytes.indexOf('\n', start)
  ) {
    line++;
    start = end + 1;
  }
  return line;
}

function syntaxError(file: string, line: number, text: string, message: string): Problem {
  const shown = mayBeSecret(text) ? (/^\s*(\S{0,80})/.exec(text)?.[1] ?? '') : text.trim().slice(0, 80);
  return { severity: 'error', kind: 'form', file, line, message: `${JSON.stringify(shown)} is ${message}` };
}

/** A forgotten `=` must not put a password into a log. */
function mayBeSecret(line: string): boolean {
  return /passw|secret|token/i.test(line);
}

function secondSection(file: string, line: number, section: string, first: number): Problem {
  const message = `also defined in line ${first}; the options are merged, and later ones win`;
  return { severity: 'warning', kind: 'form', file, line, section, message };
}

function secondProgram(file: string, line: number, section: string, first: Place): Problem {
  const message = `also defined in ${first.file}:${first.line}; the options are merged, and those of this file win`;
  return { severity: 'warning', kind: 'form', file, line, section, message };
}

interface Pattern {
  readonly text: string;
  readonly at: Place;
}

function includePatterns(
  include: ReadonlyMap<string, OptionEntry> | undefined,
  file: string,
  { env, hostName }: ReadContext,
): { patterns: Pattern[]; problems: Problem[] } {
  if (include === undefined) return { patterns: [], problems: [] };
  const problem = { severity: 'error', kind: 'form', file, section: 'include', option: 'files' } as const;
  const files = include.get('files');
  if (files === undefined)
    return { patterns: [], problems: [{ ...problem, message: 'missing; it names the files to include' }] };
  const expanded = expand(String(files.value), [
    new Map([
      ['here', dirname(file)],
      ['host_node_name', hostName],
    ]),
    environmentScope(env),
  ]);
  if (expanded.kind === 'text') {
    const texts = expanded.text.split(/\s+/).filter((text) => text !== '');
    return { patterns: texts.map((text) => ({ text, at: files.at })), problems: [] };
  }
  const message = expanded.kind === 'malformed' ? expanded.reason : `%(${expanded.name})s cannot be expanded`;
  return { patterns: [], problems: [{ ...problem, ...files.at, message }] };
}

function noMatch({ text, at }: Pattern): Problem {
  return {
    severity: 'warning',
    kind: 'host',
    ...at,
    section: 'include',
    option: 'files',
    message: `No file matches via include "${text}"`,
  };
}
