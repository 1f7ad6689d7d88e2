import type { Declaration } from '../../../core/index.ts';
import { specOf, SUPERVISOR_OPTIONS, tablesOf, textOf } from '../index.ts';
import type { KnownOption, Tables } from '../index.ts';

/** The reference of all options that these plugins and the core have, as Markdown: one table for each kind of section. */
export function optionReference(plugins: readonly Declaration[]): string {
  const tables = tablesOf(plugins);
  const kinds = [
    ...ORDER.filter((kind) => tables.kinds.includes(kind)),
    ...tables.kinds.filter((kind) => !ORDER.includes(kind)),
  ];
  return [INTRODUCTION, ...kinds.map((kind) => describeSection(kind, tables)), OTHERS].join('\n\n');
}

const ORDER = [
  'supervisord',
  'program',
  'group',
  'eventlistener',
  'fcgi-program',
  'unix_http_server',
  'inet_http_server',
  'supervisorctl',
];

const INTRODUCTION = `# Options

Every option of every section, made from the tables that the daemon checks configurations with (\`npm run docs\`). How files are written is
in [configuration.md](../configuration.md).

- **value**: what is allowed, in the spelling of a supervisord.conf. A typed configuration may write \`true\`, numbers, arrays and records
  instead. \`yes\`, \`on\`, \`1\` and \`no\`, \`off\`, \`0\` say \`true\` and \`false\`, too. Sizes are in bytes, or with \`KB\`, \`MB\` or \`GB\`
  (units of 1024). Any value may contain \`%(ENV_X)s\` and the other expansions.
- **change**: what it takes until a changed value is in effect. *at once*: \`update\` applies it to what is running. *next start*: the process
  has it when it is started again. *restart*: \`update\` restarts the process; in the sections of the daemon itself \`reload\` is needed.
- **plugin**: who knows the option; without that plugin it is an error. All that ship are enabled unless the configuration lists \`plugins\`.
- Options marked *new* are tsvisor's own; all others are Supervisor's, with its defaults.`;

const OTHERS = `## [include], [rpcinterface:x]

\`files\` of \`[include]\` names further files, as patterns with blanks between; in a typed configuration the key is \`include\`.
\`supervisor.rpcinterface_factory\` of \`[rpcinterface:x]\` names Python code. Supervisor's own one stands for the methods that are built in; for
any other one there is a warning, since Python cannot run here: enable a plugin that brings the methods.
`;

const TITLES: Readonly<Record<string, string>> = {
  supervisord: 'The daemon.',
  program: 'A program, and the processes that run it.',
  group: 'Programs that are started, stopped and named together.',
  eventlistener:
    'A program that is told what happens. It has the options of `[program:x]` and these; its `priority` is -1 by default.',
  'fcgi-program': 'A program whose processes share a socket. It has the options of `[program:x]` and these.',
  unix_http_server: 'A server on a unix socket. There may be several, with names: `[unix_http_server:admin]`.',
  inet_http_server: 'A server on a TCP port. There may be several, with names: `[inet_http_server:public]`.',
  supervisorctl: 'Read by the client, not by the daemon.',
};

function describeSection(kind: string, tables: Tables): string {
  const isSpecialProgram = kind !== 'program' && tables.programKinds.has(kind);
  const nativeKey = [...tables.namedKinds].find(([, named]) => named === kind)?.[0];
  const heading = nativeKey === undefined ? `[${kind}]` : `[${kind}:x]`;
  const place = nativeKey === undefined ? kind : `${nativeKey}.x`;
  const shared = new Set(isSpecialProgram ? tables.optionsOf('program')?.keys() : []);
  const options = [...(tables.optionsOf(kind)?.values() ?? [])].filter(({ name }) => !shared.has(name));
  return [
    `## ${heading}`,
    [TITLES[kind], `In a typed configuration: \`${place}\`.`].filter((text) => text !== undefined).join(' '),
    [COLUMNS, COLUMNS.replaceAll(/[^|]+/g, ' --- '), ...options.map((known) => describeOption(kind, known))].join('\n'),
  ].join('\n\n');
}

const COLUMNS = '| option | value | default | change | plugin | meaning |';

const CHANGES = { live: 'at once', start: 'next start', restart: 'restart' } as const;

function describeOption(kind: string, { name, option, plugin }: KnownOption): string {
  const isNew = SUPERVISOR_OPTIONS[kind]?.includes(name) !== true;
  const cells = [
    `\`${name}\`${isNew ? ' *new*' : ''}`,
    shorten(specOf(option.schema)?.allowed ?? ''),
    describeDefault(option),
    CHANGES[option.change],
    plugin ?? 'core',
    option.description,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

const SHOWN_WORDS = 8;

/** All spellings of a boolean are in the introduction. */
const BOOLEANS = 'true, yes, on, 1, false, no, off, 0';

/** A list of words may be long; the page of the plugin has all of them. */
function shorten(allowed: string): string {
  const words = allowed.split(', ');
  if (allowed.endsWith(BOOLEANS)) return allowed.replace(BOOLEANS, 'true, false');
  return words.length > SHOWN_WORDS ? `${words.slice(0, 3).join(', ')}, …` : allowed;
}

function describeDefault({ schema, default: value, required }: KnownOption['option']): string {
  if (required === true) return 'required';
  const text = value === undefined ? undefined : textOf(schema, value);
  return text === undefined || text === '' ? 'none' : `\`${text}\``;
}
