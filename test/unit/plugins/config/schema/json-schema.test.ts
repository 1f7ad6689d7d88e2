import { Ajv } from 'ajv';
import { array, assert, constantFrom, dictionary, property, record, tuple } from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';

import { defineOptions } from '../../../../../core/index.ts';
import { tablesOf } from '../../../../../plugins/config/options/tables.ts';
import { jsonSchema } from '../../../../../plugins/config/schema/index.ts';
import { shippedDeclarations } from '../../../../../plugins/standard.ts';
import { errorsOf, resolveNative } from '../resolving.ts';

const plugins = await shippedDeclarations();
const schema = jsonSchema(plugins);
// `format` is for editors; it is not judged.
const ajv = new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false });
const accepts = ajv.compile(schema);
const tables = tablesOf(plugins);

const GOOD = {
  $schema: './node_modules/tsvisor/dist/schema.json',
  supervisord: {
    logfile: '/var/log/tsvd.log',
    loglevel: 'debug',
    umask: '022',
    environment: { LANG: 'C', PORT: 8080 },
  },
  unix_http_server: { file: '/run/tsvd.sock', chmod: '0770', chown: 'root:adm' },
  inet_http_server: [{ port: 9001 }, { port: '127.0.0.1:9002', username: 'a', password: 'b' }],
  'inet_http_server:public': { port: '*:9003' },
  programs: {
    web: {
      command: ['node', 'server.js'],
      autostart: true,
      exitcodes: [0, 2],
      stopsignal: 'INT',
      stdout_logfile_maxbytes: '50MB',
    },
    worker: { command: 'celery', numprocs: '%(ENV_WORKERS)s', process_name: '%(process_num)d', autostart: 'yes' },
  },
  groups: { site: { programs: ['web', 'worker'], priority: 1 } },
  eventlisteners: { mail: { command: 'mail', events: ['PROCESS_STATE', 'tick_60'], buffer_size: 100 } },
  fcgi_programs: { php: { command: 'php', socket: 'unix:///run/php.sock', socket_mode: '0700' } },
  rpcinterfaces: {
    supervisor: { 'supervisor.rpcinterface_factory': 'supervisor.rpcinterface:make_main_rpcinterface' },
  },
  supervisorctl: { serverurl: 'unix:///run/tsvd.sock' },
  include: 'conf.d/*.yaml',
};

test('a configuration that uses everything is accepted', () => {
  accepts(GOOD);
  expect(accepts.errors ?? []).toEqual([]);
});

test.each([
  ['an unknown section', { program: {} }],
  ['an unknown option', { programs: { web: { command: 'node', autostrat: true } } }],
  ['a program without a command', { programs: { web: {} } }],
  ['a name with a slash', { programs: { 'a/b': { command: 'node' } } }],
  ['a number below 0', { programs: { web: { command: 'node', startsecs: -1 } } }],
  ['a word that is no signal', { programs: { web: { command: 'node', stopsignal: 'FOO' } } }],
  ['a mode as a number, which is decimal in JSON', { unix_http_server: { file: '/a', chmod: 700 } }],
  ['an event of no such name', { eventlisteners: { mail: { command: 'mail', events: ['NOTHING'] } } }],
  ['a server without its port', { inet_http_server: [{ port: 9001 }, {}] }],
  ['a list instead of a record', { programs: [{ command: 'node' }] }],
])('%s is refused', (_, config) => {
  expect(accepts(config)).toBe(false);
});

test('every option has a description, and its default is allowed', () => {
  for (const kind of tables.kinds) {
    for (const { name, option } of tables.optionsOf(kind)?.values() ?? []) {
      const ref = `#/definitions/${kind}/properties/${name}`;
      const property: unknown = ref
        .slice(2)
        .split('/')
        .reduce<unknown>((value, key) => Reflect.get(Object(value), key), schema);
      expect(property, ref).toMatchObject({ description: option.description });
      const written: unknown = Reflect.get(Object(property), 'default');
      if (written === undefined) continue;
      expect(checkerOf(kind, name)(written), `${ref} ${JSON.stringify(written)}`).toBe(true);
      expect(option.schema['~standard'].validate(written), ref).toMatchObject({ value: option.default });
    }
  }
});

/** Everything that somebody might write for some option. Modes are texts, since numbers in JSON are decimal. */
const VALUES: readonly unknown[] = [
  true,
  false,
  'true',
  'Yes',
  'OFF',
  'maybe',
  ' on',
  0,
  1,
  2,
  -1,
  3.5,
  80,
  255,
  256,
  65_536,
  '',
  ' ',
  '0',
  '1',
  '12',
  '-3',
  '+4',
  '1_000',
  '1 2',
  '1.5',

  '022',
  '0o22',
  '0700',
  '7777',
  '0888',
  '77777',
  '50MB',
  '50 mb',
  '1GB',
  '10TB',
  'KB',
  'TERM',
  'sigterm',
  'SIGUSR1',
  'FOO',
  'CLD',
  '15',
  '99',

  'unexpected',
  'Unexpected',
  'info',
  'DEBUG',
  'Warn',
  'loud',
  'PROCESS_STATE',
  'tick_60',
  '/var/log/x.log',
  'AUTO',
  'none',
  'syslog',
  'root',
  'root:adm',
  ':adm',
  'a:',

  '127.0.0.1:9001',
  ':9001',
  '*:9001',
  '9001',
  'host:',
  'host:port',
  'unix:///run/x.sock',
  'unix://x',
  'tcp://localhost:9000',
  'tcp://localhost',
  'A="b",C=d',

  [],
  ['a'],
  ['a', 'b'],
  [1],
  [0, 2],
  [300],
  ['PROCESS_STATE'],
  ['nothing'],
  {},
  { A: 'b' },
  { A: 1 },
  { A: true },
  { '': 'x' },
  { 'A=B': 'x' },
];

/** Texts of which only parsing tells what is in them, as it is with the limits of numbers in texts; JSON Schema lets them pass. */
const UNDECIDED = new Set(['events', 'environment', 'exitcodes', 'port', 'socket', 'webhook', 'smtp']);
const MODES = new Set(['umask', 'chmod', 'socket_mode']);

function checkerOf(kind: string, name: string): (value: unknown) => boolean {
  const check = ajv.compile({ definitions: schema['definitions'], $ref: `#/definitions/${kind}/properties/${name}` });
  return (value) => check(value);
}

test.each(
  tables.kinds.flatMap((kind) =>
    [...(tables.optionsOf(kind)?.values() ?? [])].map((known) => [kind, known.name, known.option] as const),
  ),
)('in [%s], %s is judged as the daemon judges it', (kind, name, option) => {
  const check = checkerOf(kind, name);
  const wrong = VALUES.filter((value) => {
    if (MODES.has(name) && typeof value === 'number') return false;
    if (typeof value === 'string' && (UNDECIDED.has(name) || /^[-+\d]+$/.test(value)) && check(value)) return false;
    const result = option.schema['~standard'].validate(value);
    return check(value) !== !('issues' in result && result.issues !== undefined);
  });
  expect(wrong).toEqual([]);
});

/** Options that no other option has a say in. */
const INDEPENDENT = [
  'autostart',
  'startsecs',
  'stopsignal',
  'priority',
  'exitcodes',
  'autorestart',
  'stdout_logfile_backups',
  'directory',
  'umsak',
];

/** Numbers in text are outside the range of one of these options, which a pattern does not know. */
const OUT_OF_RANGE: readonly unknown[] = ['0', '256', '-3', '99', '300', '0700', '0888', '7777', '77777'];
const isLarge = (one: unknown): boolean => typeof one === 'string' && Number(one.replaceAll('_', '')) > 255;

test('what the daemon accepts the schema accepts, and the other way round', () => {
  const value = constantFrom(...VALUES.filter((one) => !OUT_OF_RANGE.includes(one) && !isLarge(one)));
  const options = tuple(
    constantFrom({ command: 'node' }, { command: ['node', 'x'] }, { command: '' }, {}),
    dictionary(constantFrom(...INDEPENDENT), value, { maxKeys: 2 }),
  ).map(([command, others]) => ({ ...command, ...others }));
  const names = constantFrom('web', 'a b', 'a:b', ' web ', '_', 'w.1');
  const config = record(
    {
      programs: dictionary(names, options, { maxKeys: 2 }),
      supervisord: dictionary(constantFrom('loglevel', 'nodaemon', 'minfds', 'logfile_maxbytes', 'lgofile'), value, {
        maxKeys: 2,
      }),
      unix_http_server: constantFrom({ file: '/run/a.sock' }, {}, [{ file: '/a' }, { file: '/b' }], [{}], 5),
      include: constantFrom('*.yaml', ['a', 'b']),
      prgrams: constantFrom({}),
    },
    { requiredKeys: [] },
  );
  assert(
    property(config, (given) => {
      const errors = errorsOf(resolveNative(given)).filter(
        (text) => !/only the last one would run|already a group/.test(text),
      );
      expect({ accepted: accepts(given), errors: [] }).toEqual({ accepted: errors.length === 0, errors: [] });
    }),
    { numRuns: 2000 },
  );
});

test('the options of a plugin of one’s own are in it, in whatever schema library', () => {
  const own = {
    name: 'own',
    sections: {
      notify: defineOptions({
        urls: {
          schema: v.array(v.string()),
          default: [],
          required: true,
          change: 'live',
          description: 'Whom to tell.',
        },
      }),
      program: defineOptions({
        quiet: { schema: standardSchema({ type: 'integer' }), default: 0, change: 'live', description: 'How quiet.' },
      }),
    },
  };
  const check = ajv.compile(jsonSchema([...plugins, own]));
  const config = (quiet: unknown) => ({ notify: { urls: [] }, programs: { web: { command: 'x', quiet } } });
  expect([check(config(1)), check(config('%(ENV_QUIET)s')), check(config('loud'))]).toEqual([true, true, false]);
  expect(check({ notify: {} })).toBe(false);
  expect(ajv.compile(jsonSchema([]))({ unix_http_server: { file: '/a' } })).toBe(false);
});

/** A schema as a library of the Standard JSON Schema interface makes it. */
function standardSchema(json: Record<string, unknown>) {
  const jsonSchemaOf = { input: () => ({ $schema: 'x', ...json }) };
  return {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }), jsonSchema: jsonSchemaOf },
  } as const;
}

test('random keys do not break it', () => {
  assert(
    property(array(constantFrom('__proto__', 'constructor', 'toString')), (keys) => {
      const given: unknown = JSON.parse(`{${[...new Set(keys)].map((key) => `"${key}": {}`).join(',')}}`);
      expect(accepts(given)).toBe(keys.length === 0);
    }),
  );
});
