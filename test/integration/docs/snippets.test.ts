import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Snippet {
  /** `docs/plugins/web.md:12` */
  readonly at: string;
  readonly language: string;
  readonly text: string;
}

/** Every fenced block of the user's pages. */
const snippets: readonly Snippet[] = ['README.md', ...markdownIn('docs')].flatMap((page) => {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(({ 1: language = '', 2: body = '', index }) => ({
    at: `${page}:${text.slice(0, index).split('\n').length}`,
    language,
    text: body,
  }));
});

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('decisions/') && !name.includes('template'))
    .map((name) => join(folder, name));
}

const inLanguage = (...languages: string[]) => snippets.filter(({ language }) => languages.includes(language));

test('there are snippets to look at', () => {
  expect(inLanguage('ts').length).toBeGreaterThan(10);
});

test('every TypeScript snippet compiles against the package as it is published', () => {
  const files = new Map(inLanguage('ts', 'js').map(({ at, text }) => [fileOf(at), { at, text }]));
  // A snippet may import what its reader is about to write.
  expect(compile(files).filter((problem) => !/Cannot find module '\.\.?\//.test(problem))).toEqual([]);
});

test('every example compiles against the package as it is published', () => {
  const names = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(names.length).toBeGreaterThan(5);
  const files = names.map((name): [string, { at: string; text: string }] => {
    const file = join(root, 'docs', name);
    return [file, { at: name, text: readFileSync(file, 'utf8') }];
  });
  expect(compile(new Map(files))).toEqual([]);
});

test('every configuration that is shown takes a program with options of the plugins that ship', () => {
  const shown = inLanguage('ts').filter(
    ({ text }) => text.includes('defineConfig({') && (!/\bplugins:/.test(text) || text.includes('standardPlugins()')),
  );
  expect(shown.length).toBeGreaterThan(3);
  const program = "oneMore: { command: 'x', autorestart: true, stdout_logfile: 'AUTO' },";
  const files = shown.map(({ at, text }): [string, { at: string; text: string }] => {
    const place = text.includes('  programs: {') ? '  programs: {' : 'defineConfig({';
    const added = place === '  programs: {' ? program : `programs: { ${program} },`;
    return [fileOf(at), { at, text: text.replace(place, place + added) }];
  });
  expect(compile(new Map(files)).filter((problem) => !/Cannot find module '\.\.?\//.test(problem))).toEqual([]);
});

test('an option that there is not is refused in words that fit on a screen', () => {
  const text = `import { defineConfig } from 'tsvisor';
defineConfig({ programs: { web: { command: 'x', autorestrt: true } } });`;
  expect(compile(new Map([[fileOf('docs/none.md:1'), { at: 'here', text }]]))).toEqual([
    "here line 2: Object literal may only specify known properties, but 'autorestrt' does not exist in type 'ProgramOptions<readonly BuiltIn[]>'. Did you mean to write 'autorestart'?",
  ]);
});

/** What the compiler has to say about texts, as if they were files of these names; `tsvisor` is what package.json exports. */
function compile(files: ReadonlyMap<string, { readonly at: string; readonly text: string }>): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const options = { ...ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options, paths: {} };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name)?.text ?? readFile(name);
  host.getSourceFile = (name, language, ...more) => {
    const snippet = files.get(name);
    return snippet === undefined
      ? getSourceFile(name, language, ...more)
      : ts.createSourceFile(name, snippet.text, language, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file !== undefined && files.has(file.fileName))
    .map(({ file, start = 0, messageText }) => {
      const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
      const place = `${files.get(file?.fileName ?? '')?.at} line ${line + 1}`;
      return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

/** Beside the page, so that what it imports is found from there. */
function fileOf(at: string): string {
  const [page = '', line = ''] = at.split(':');
  return join(root, `${page}.${line}.snippet.ts`);
}

test('every JSON snippet is JSON', () => {
  const broken = inLanguage('json').filter(({ text }) => {
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  });
  expect(broken.map(({ at }) => at)).toEqual([]);
});

test('every link to a page or file leads somewhere', () => {
  const broken = ['README.md', ...markdownIn('docs')].flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, page, '..', target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});
