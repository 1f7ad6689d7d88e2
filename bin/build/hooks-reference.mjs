// docs/reference/hooks.md, events.md and services.md from the sources: every hook with its contract, every event with its payload,
// every service with its methods.
// `node bin/build/hooks-reference.mjs` writes them; a test compares them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = new URL('../../', import.meta.url);

const HOOKS_HEAD = `# Hooks

Generated from the sources by \`npm run docs\`. Where plugins decide: for every hook, when it is called, what a tap may return, what a throw
does, and the deadline where the daemon waits. [writing.md](../plugins/writing.md) says how to tap one.
`;

const EVENTS_HEAD = `# Events

Generated from the sources by \`npm run docs\`. What has happened, told once, after the state it describes is in place. Payloads are plain
frozen data. Listen with \`supervisor.events.on(name, listener, plugin)\`, which returns its own undo.
`;

const SERVICES_HEAD = `# Services

Generated from the sources by \`npm run docs\`. What a plugin does for others on request: \`supervisor.use(key)\`, which is \`undefined\` where the
plugin is not enabled. Look a service up when you need it, and not in \`apply\`: then the order of the plugins does not matter. What it
throws is yours to catch. [writing.md](../plugins/writing.md) says how to provide one.
`;

/** The pages by path, as they should be. */
export function referencePages() {
  const sources = readdirSync(new URL('plugins', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `plugins/${name}`)
    .toSorted((one, other) => (pluginOf(one) < pluginOf(other) ? -1 : 1));
  return {
    'docs/reference/hooks.md': hooksPage(sources.filter((name) => name.endsWith('/hooks.ts'))),
    'docs/reference/events.md': eventsPage(sources),
    'docs/reference/services.md': servicesPage(sources.filter((name) => name.endsWith('/service.ts'))),
  };
}

function hooksPage(files) {
  const sections = files.map((file) => {
    const plugin = pluginOf(file);
    const source = parse(file);
    return ['', `## ${plugin}`, '', aboutSet(source), '', ...hooksOf(source)];
  });
  const core = parse('core/hooks.ts');
  return `${[HOOKS_HEAD, '## core', '', aboutSet(core), '', ...hooksOf(core), ...sections.flat()].join('\n')}\n`;
}

function eventsPage(files) {
  const sections = files
    .map((file) => ({ plugin: pluginOf(file), events: eventsOf(parse(file)) }))
    .filter(({ events }) => events.length > 0)
    .flatMap(({ plugin, events }) => ['', `## ${plugin}`, '', ...events]);
  return `${[EVENTS_HEAD, '## core', '', ...eventsOf(parse('core/events.ts')), ...sections].join('\n')}\n`;
}

function servicesPage(files) {
  const sections = files.map((file) => {
    const source = parse(file);
    const key = source.statements.find((node) => ts.isVariableStatement(node) && isExported(node));
    const { name } = key.declarationList.declarations[0];
    return ['', `## ${pluginOf(file)}`, '', `\`${name.getText(source)}\`. ${docOf(key)}`, '', ...methodsOf(source)];
  });
  return `${[SERVICES_HEAD, ...sections.flat().slice(1)].join('\n')}\n`;
}

/** The members of the one interface whose name ends in `Service`. */
function methodsOf(source) {
  const contract = source.statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text.endsWith('Service'),
  );
  const lines = contract.members.flatMap((member) => {
    const name = member.name.getText(source);
    return entry(name, member.getText(source).replaceAll(/\s+/g, ' ').replace(/;$/, ''), docOf(member));
  });
  return lines.slice(0, -1);
}

/** Folders of plugins stand below their theme; control has hooks of its own. */
function pluginOf(file) {
  const [, theme, folder, ...rest] = file.split('/');
  return rest.length > 0 ? folder : theme;
}

function parse(file) {
  const text = readFileSync(new URL(file, root), 'utf8');
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
}

/** What is true of all hooks of a plugin: the comment on their accessor. */
function aboutSet(source) {
  const accessor = source.statements.find((node) => ts.isVariableStatement(node) && isExported(node));
  return accessor === undefined ? '' : docOf(accessor);
}

function isExported(node) {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

/** The class of tapable that each method of the factory (core/hook-factory.ts) makes, for those who tap. */
const CLASSES = {
  sync: 'SyncHook',
  bail: 'SyncBailHook',
  waterfall: 'SyncWaterfallHook',
  asyncSeries: 'AsyncSeriesHook',
  asyncParallel: 'AsyncParallelHook',
  asyncWaterfall: 'AsyncSeriesWaterfallHook',
};

/** A hook is a property whose value is made by `hook.kind<…>(…)`. */
function hooksOf(source) {
  const lines = [];
  visit(source, (node) => {
    if (!ts.isPropertyAssignment(node) || !ts.isCallExpression(node.initializer)) return;
    const { expression, typeArguments = [] } = node.initializer;
    if (!ts.isPropertyAccessExpression(expression) || expression.expression.getText(source) !== 'hook') return;
    const kind = expression.name.text;
    const types = typeArguments.map((type) => type.getText(source).replaceAll(/\s+/g, ' ')).join(', ');
    const answer = kind === 'bail' ? ' | undefined' : '';
    lines.push(...entry(node.name.getText(source), `${CLASSES[kind]}<${types}${answer}>`, docOf(node)));
  });
  return lines.slice(0, -1);
}

function eventsOf(source) {
  const lines = [];
  visit(source, (node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== 'EventMap') return;
    for (const member of node.members) {
      if (!ts.isPropertySignature(member)) continue;
      const payload = shape(member.type?.getText(source) ?? '');
      lines.push(...entry(member.name.text, payload, docOf(member)));
    }
  });
  return lines.slice(0, -1);
}

function entry(name, type, doc) {
  return [`### ${name}`, '', `\`${type}\``, '', ...(doc === '' ? [] : [doc, ''])];
}

/** A type on one line. What its members mean stands in the source. */
function shape(type) {
  return type
    .replaceAll(/\/\*\*[^]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('readonly ', '')
    .replaceAll('; }', ' }');
}

/** The doc comment, as Markdown. */
function docOf(node) {
  const [doc] = ts.getJSDocCommentsAndTags(node);
  const text = doc === undefined ? '' : (ts.getTextOfJSDocComment(doc.comment) ?? '');
  return text.replaceAll(/\{@link ([^}]+)\}/g, '`$1`').trim();
}

function visit(node, look) {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(referencePages())) writeFileSync(new URL(path, root), text);
}
