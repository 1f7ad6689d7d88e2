import { defaultLoaders } from 'cosmiconfig';
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  dictionary,
  integer,
  oneof,
  record,
  string,
  stringMatching,
  tuple,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';

import { splitCommand } from '../../../../../core/index.ts';
import { nativeDocument } from '../../../../../plugins/config/native/native.ts';
import type { Document } from '../../../../../plugins/config/index.ts';
import { ConversionLosses } from '../../../../../plugins/config/convert/conversion-losses.ts';
import { printJson, printYaml } from '../../../../../plugins/config/convert/print-data.ts';
import { printTypeScript } from '../../../../../plugins/config/convert/print-typescript.ts';
import { annotate } from '../../../../../plugins/config/convert/annotated-document.ts';
import { confSections } from '../../../../../plugins/config/convert/to-conf.ts';
import { nativeBlock } from '../../../../../plugins/config/convert/to-native.ts';
import { documentOf } from '../../../../../plugins/config/read-supervisord-conf.ts';
import { printConf } from '../../../../../plugins/config/supervisord-conf/index.ts';
import { meaningOf, TABLES as tables, typedDocument } from '../../../../support/converting.ts';

/** The document in every format, read again, and how much of it was lost on the way. */
async function everyFormat(
  document: Document,
): Promise<{ readonly format: string; readonly document: Document; readonly losses: number }[]> {
  const annotated = await annotate(document, tables, '/etc');
  const [native, conf] = [new ConversionLosses(), new ConversionLosses()];
  const block = nativeBlock(annotated, tables, native);
  const { sections, trailing } = confSections(annotated, tables, conf);
  const yaml = printYaml([], block);
  return [
    {
      format: 'ts',
      document: await typedDocument('/etc/x.ts', printTypeScript([], block)),
      losses: native.problems.length,
    },
    {
      format: 'json',
      document: nativeDocument('/etc/x.json', JSON.parse(printJson(block)), tables),
      losses: native.problems.length,
    },
    {
      format: 'yaml',
      document: nativeDocument('/etc/x.yaml', defaultLoaders['.yaml']('/etc/x.yaml', yaml), tables),
      losses: native.problems.length,
    },
    {
      format: 'ini',
      document: documentOf('/etc/x.conf', printConf([], sections) + printConf(trailing, []), tables),
      losses: conf.problems.length,
    },
  ];
}

/** Of commands it counts which words they have. */
function comparable(document: Document) {
  const { config } = meaningOf(document, ENV);
  const groups = config.groups.map((group) => ({
    ...group,
    processes: group.processes.map((process) => ({ ...process, command: wordsOf(process.command) })),
  }));
  return { ...config, groups };
}

function wordsOf(command: string): readonly string[] | string {
  try {
    return splitCommand(command);
  } catch {
    return command;
  }
}

const ENV = { HOME: '/home/test', PORT: '8080' };

const anyText = oneof(
  string({ unit: 'binary-ascii', maxLength: 20 }).filter((text) => !text.includes('\0')),
  string({ maxLength: 10 }),
  constantFrom(
    'a ; b',
    '#',
    'x # y',
    ' ',
    "it's",
    '"',
    '\\',
    'a\nb',
    'null',
    'true',
    '- x',
    '%%',
    '*/',
    '\u2028alert()',
    '${x}',
    '<!--',
    '[x]',
    'a=b',
  ),
).map((text) => text.replaceAll(/%+/g, '%%'));
const expanded = constantFrom('%(here)s/x', '%(program_name)s', '%(ENV_PORT)s', '%(ENV_HOME)s/%%d');
const word = oneof(anyText, expanded);

const options: Record<string, Arbitrary<unknown>> = {
  command: oneof(
    word.filter((text) => text !== ''),
    array(word, { minLength: 1, maxLength: 4 }),
  ),
  directory: oneof(constantFrom('/srv', '/srv/a b'), expanded),
  autostart: oneof(boolean(), constantFrom('yes', 'OFF', '1')),
  autorestart: oneof(boolean(), constantFrom('unexpected', 'Unexpected')),
  startsecs: oneof(integer({ min: 0, max: 99 }), constantFrom('7', ' 08', '-3', '1_0', '%(ENV_PORT)s')),
  priority: integer({ min: -9, max: 9 }),
  exitcodes: oneof(array(integer({ min: 0, max: 255 }), { maxLength: 3 }), constantFrom('0,2', '', 3)),
  stopsignal: constantFrom('TERM', 'sigusr1', 'SIGHUP', 15, '9'),
  umask: constantFrom('022', '0o77', 0o27),
  stdout_logfile: oneof(constantFrom('AUTO', 'none', '/var/log/x.log'), expanded),
  stdout_logfile_maxbytes: oneof(integer({ min: 0 }), constantFrom('50MB', '1 kb', '3gB', '12')),
  environment: oneof(
    dictionary(stringMatching(/^[A-Z_]{1,3}$/), oneof(word, integer({ min: 0 })), { maxKeys: 3 }),
    constantFrom('A=b,C="d e"', 'A="%(ENV_HOME)s",B=\'x\'', 'A=%(ENV_PORT)s'),
  ),
};

const config = record(
  {
    programs: dictionary(
      constantFrom('web', 'w.1', '__proto__', 'x-y', '10', 'é', 'constructor'),
      tuple(constantFrom({ command: 'true' }), record(options, { requiredKeys: [] })).map(([least, given]) => ({
        ...least,
        ...given,
      })),
      { maxKeys: 3 },
    ),
    supervisord: record(
      { loglevel: constantFrom('info', 'WARN'), identifier: anyText.filter((text) => text !== '') },
      { requiredKeys: [] },
    ),
    inet_http_server: constantFrom<unknown>({ port: 9001 }, [
      { port: '127.0.0.1:1' },
      { port: 2, username: 'a', password: 'b ; c' },
    ]),
    groups: constantFrom({}),
  },
  { requiredKeys: ['programs'] },
);

test('a configuration means the same in every format, or it is told what is lost', async () => {
  let complete = 0;
  await assert(
    asyncProperty(config, async (given) => {
      const document = nativeDocument('/etc/x.ts', given, tables);
      for (const { format, document: read, losses } of await everyFormat(document)) {
        if (losses > 0) continue;
        complete += 1;
        expect(comparable(read), format).toEqual(comparable(document));
      }
    }),
    { numRuns: 150 },
  );
  expect(complete).toBeGreaterThan(400);
});

test('there and back over a supervisord.conf, too', async () => {
  await assert(
    asyncProperty(config, async (given) => {
      const [, , , conf] = await everyFormat(nativeDocument('/etc/x.ts', given, tables));
      if (conf === undefined) throw new Error('no conf');
      for (const { format, document, losses } of await everyFormat(conf.document)) {
        expect([format, losses]).toEqual([format, 0]);
        expect(comparable(document), format).toEqual(comparable(conf.document));
      }
    }),
    { numRuns: 150 },
  );
});
