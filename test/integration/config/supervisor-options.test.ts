import { describe, expect, test } from 'vitest';

import { specOf } from '../../../plugins/config/option-types/option-type.ts';
import { tablesOf } from '../../../plugins/config/options/tables.ts';
import type { KnownOption } from '../../../plugins/config/options/tables.ts';
import { shippedDeclarations } from '../../../plugins/standard.ts';
import { SUPERVISOR_OPTIONS } from '../../../plugins/config/index.ts';
import { askPython, hasPython } from '../../support/python.ts';

/** Every option that Supervisor's own parser asks for is in the tables, of the same type and with the same default. */

/** All `get(section, 'name', default)` in supervisor/options.py, and the function that converts what they return. */
const READ_OPTIONS = `
import ast, inspect
READERS = ('get', 'saneget', 'getdefault')
CONVERTERS = ('integer', 'boolean', 'byte_size', 'octal_type', 'logging_level', 'list_of_strings', 'auto_restart', 'signal_number',
    'list_of_exitcodes', 'existing_dirpath', 'existing_directory', 'name_to_uid', 'inet_address', 'colon_separated_user_group',
    'dict_of_key_value_pairs', 'logfile_name')
def name_of(call):
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, 'attr', None)
found = []
for function in ast.walk(ast.parse(inspect.getsource(supervisor.options))):
    if not isinstance(function, ast.FunctionDef): continue
    nodes = list(ast.walk(function))
    patterns = {n.targets[0].id: n.value.left.value for n in nodes if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
        and isinstance(n.value, ast.BinOp) and isinstance(n.value.left, ast.Constant)}
    targets = {id(n.value): getattr(n.targets[0], 'id', None) for n in nodes if isinstance(n, ast.Assign)}
    around = {id(a): name_of(n) for n in nodes if isinstance(n, ast.Call) and name_of(n) in CONVERTERS for a in n.args}
    later = {n.args[0].id: name_of(n) for n in nodes if isinstance(n, ast.Call) and name_of(n) in CONVERTERS and isinstance(n.args[0], ast.Name)}
    for call in nodes:
        if not (isinstance(call, ast.Call) and name_of(call) in READERS): continue
        if ast.unparse(call).startswith(('kwargs.', "parser.get('include'")): continue
        args = [a for a in call.args if not (isinstance(a, ast.Name) and a.id == 'section')]
        if len(args) < 2: continue
        if isinstance(args[0], ast.Constant): options = [args[0].value]
        elif isinstance(args[0], ast.Name) and args[0].id in patterns: options = [patterns[args[0].id] % k for k in ('stdout', 'stderr')]
        else: continue
        default = args[1].value if isinstance(args[1], ast.Constant) else {'computed': ast.unparse(args[1])}
        for option in options:
            found.append([function.name, option, around.get(id(call)) or later.get(targets.get(id(call))), default])
return found`;

/** Which sections its functions read. */
const KINDS = new Map([
  ['read_config', ['supervisord', 'supervisorctl']],
  ['process_groups_from_parser', ['group', 'eventlistener', 'fcgi-program', 'program']],
  ['_processes_from_section', ['program']],
  ['processes_from_section', ['program']],
  ['_parse_username_and_password', ['unix_http_server', 'inet_http_server']],
  ['server_configs_from_parser', ['unix_http_server', 'inet_http_server']],
]);

/** What our types say of themselves; where Supervisor converts nothing, any text will do. */
const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  boolean: 'a boolean',
  byte_size: 'a size',
  octal_type: 'an octal mode',
  logging_level: 'a logging level',
  list_of_strings: 'a list',
  auto_restart: 'a restart policy',
  signal_number: 'a signal',
  list_of_exitcodes: 'a list of exit codes',
  existing_dirpath: 'a path',
  existing_directory: 'a directory',
  name_to_uid: 'a user',
  inet_address: 'an address',
  colon_separated_user_group: 'an owner',
  dict_of_key_value_pairs: 'a list of variables',
  logfile_name: 'a log file',
};

/** Types that say more than Supervisor's: it takes these for texts at first. */
const FINER = new Set(['command', 'process_name', 'directory', 'user', 'events', 'socket', 'file', 'environment']);

/** Defaults that its code makes up later. */
const LATER: Readonly<Record<string, unknown>> = {
  killasgroup: false, // follows stopasgroup, here as there
  childlogdir: undefined, // the folder for temporary files
  chmod: 0o700,
  socket_mode: undefined,
  stdout_logfile: { kind: 'auto' },
  stderr_logfile: { kind: 'auto' },
  prompt: 'supervisor', // of the command line
  username: undefined,
  password: undefined,
  history_file: undefined,
};

type Read = readonly [reader: string, option: string, converter: string | null, defaultValue: unknown];

const [answer] = hasPython('supervisor.options') ? askPython(READ_OPTIONS, [''], { module: 'supervisor.options' }) : [];
const reads: readonly Read[] = Array.isArray(answer) ? answer.filter(([reader]: Read) => KINDS.has(reader)) : [];
const tables = tablesOf(await shippedDeclarations());

const cases = reads.flatMap(([reader, name, converter, value]) =>
  ownersOf(reader, name).map((kind) => ({ kind, name, converter, value, known: tables.optionsOf(kind)?.get(name) })),
);

/** The sections that have it by our list; all that the function reads where none has. */
function ownersOf(reader: string, name: string): readonly string[] {
  const kinds = KINDS.get(reader) ?? [];
  const owners = kinds.filter((kind) => SUPERVISOR_OPTIONS[kind]?.includes(name));
  return owners.length > 0 ? owners : kinds;
}

describe.skipIf(answer === undefined)("Supervisor's own parser", () => {
  test('answers for every option that is compared', () => {
    expect(cases.length).toBeGreaterThan(60);
  });

  test('asks for all the options that are listed as its own, and for no other', () => {
    const listed = Object.entries(SUPERVISOR_OPTIONS).flatMap(([kind, names]) =>
      names.map((name) => `${kind} ${name}`),
    );
    expect([...new Set(cases.map(({ kind, name }) => `${kind} ${name}`))].toSorted()).toEqual(listed.toSorted());
  });

  test.each(cases)('reads $name of [$kind] with the type that it has here', ({ name, converter, known }) => {
    const type = known === undefined ? 'unknown here' : specOf(known.option.schema)?.is;
    const isText = converter === null || (FINER.has(name) && known !== undefined);
    expect(type).toBe(isText ? type : TYPES[converter]);
  });

  test.each(cases)('has the same default for $name of [$kind]', ({ kind, name, value, known }) => {
    if (known === undefined) throw new Error('unknown here');
    expect(known.option.default).toEqual(expectedDefault(kind, name, value, known));
  });
});

function expectedDefault(kind: string, name: string, value: unknown, { option }: KnownOption): unknown {
  if (option.required === true) return option.default;
  // A listener has -1 where its section says nothing; the table is that of programs, see resolveOwnGroup.
  if (name === 'priority') return 999;
  const isLater = Object.hasOwn(LATER, name) && (kind !== 'supervisord' || name === 'childlogdir');
  if (isLater) return LATER[name];
  if (value === null) return undefined;
  const parsed = option.schema['~standard'].validate(typeof value === 'object' ? value : `${value as string | number}`);
  return 'value' in parsed ? parsed.value : parsed;
}
