import { describe, expect, test } from 'vitest';

import type { Schema } from '../../../../core/index.ts';
import { splitCommand } from '../../../../core/program/split-command.ts';
import { parseEnvironmentText } from '../../../../plugins/config/option-types/environment-text.ts';
import * as types from '../../../../plugins/config/option-types/index.ts';

/** What a schema makes of a value; the message where it refuses it. */
function read(schema: Schema<unknown, unknown>, value: unknown): unknown {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new TypeError('asynchronous');
  return result.issues === undefined ? result.value : `refused: ${result.issues[0]?.message}`;
}

const refused = expect.stringMatching(/^refused: /);

const CASES: readonly (readonly [
  name: string,
  schema: Schema<unknown, unknown>,
  cases: readonly (readonly [unknown, unknown])[],
])[] = [
  [
    'boolean',
    types.boolean,
    [
      [true, true],
      ['YES', true],
      ['On', true],
      ['1', true],
      ['off', false],
      ['', refused],
      [1, true],
      [2, refused],
    ],
  ],
  [
    'integer',
    types.integer(),
    [
      [5, 5],
      ['5', 5],
      [' -5 ', -5],
      ['+1_000', 1000],
      ['007', 7],
      ['-0', 0],
      ['0x5', refused],
      [1.5, refused],
      ['1e3', refused],
      [Number.NaN, refused],
    ],
  ],
  [
    'integer with limits',
    types.integer({ min: 1, max: 3 }),
    [
      [1, 1],
      ['3', 3],
      [0, refused],
      ['4', refused],
    ],
  ],
  [
    'count',
    types.count,
    [
      [0, 0],
      ['10', 10],
      ['-5', 0],
      [-5, refused],
    ],
  ],
  [
    'size',
    types.byteSize,
    [
      [5, 5],
      ['5', 5],
      ['5KB', 5120],
      ['5 mb', 5 * 1024 ** 2],
      ['1Gb', 1024 ** 3],
      ['0', 0],
      ['-1', 0],
      ['1.5MB', refused],
      ['5B', refused],
      [-1, refused],
      [true, refused],
    ],
  ],
  [
    'mode',
    types.octalMode,
    [
      ['022', 0o22],
      ['0o700', 0o700],
      [0o700, 0o700],
      ['7777', 0o7777],
      ['10000', refused],
      ['8', refused],
      ['', refused],
    ],
  ],
  [
    'signal',
    types.signal,
    [
      ['TERM', 'SIGTERM'],
      ['sigint', 'SIGINT'],
      [' hup ', 'SIGHUP'],
      ['9', 'SIGKILL'],
      [15, 'SIGTERM'],
      ['CLD', 'SIGCHLD'],
      ['0', refused],
      ['RTMIN', 'SIGRTMIN'],
      ['SIGRTMAX', 'SIGRTMIN+30'],
      ['rtmax-1', 'SIGRTMIN+29'],
      [37, 'SIGRTMIN+3'],
      ['RTMIN+31', refused],
      [65, refused],
      ['SIG_DFL', refused],
    ],
  ],
  [
    'list',
    types.stringList,
    [
      ['a, b ,c', ['a', 'b', 'c']],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      ['', []],
      [[1], refused],
    ],
  ],
  [
    'exit codes',
    types.exitCodes,
    [
      ['0, 2', [0, 2]],
      [
        [0, 2],
        [0, 2],
      ],
      [7, [7]],
      ['', []],
      ['256', refused],
      ['-1', refused],
      ['0,', refused],
    ],
  ],
  [
    'environment',
    types.environment,
    [
      [
        { A: 'b', N: 1 },
        { A: 'b', N: '1' },
      ],
      ['A="b c",D=e', { A: 'b c', D: 'e' }],
      ['', {}],
      ['A', refused],
      [['A'], refused],
      [{ A: true }, refused],
    ],
  ],
  [
    'log file',
    types.logFile,
    [
      ['AUTO', { kind: 'auto' }],
      ['none', { kind: 'none' }],
      ['Off', { kind: 'none' }],
      ['syslog', { kind: 'syslog' }],
      ['/a/B.log', { kind: 'file', path: '/a/B.log' }],
      ['', { kind: 'none' }],
      [5, refused],
    ],
  ],
  [
    'level',
    types.loggingLevel,
    [
      ['WARN', 'warn'],
      ['info', 'info'],
      ['warning', refused],
    ],
  ],
  [
    'owner',
    types.owner,
    [
      ['a', { user: 'a', group: undefined }],
      ['a:b', { user: 'a', group: 'b' }],
      [5, { user: '5', group: undefined }],
      [':b', refused],
      ['a:', refused],
    ],
  ],
  [
    'address',
    types.inetAddress,
    [
      ['9001', { host: '', port: 9001 }],
      [9001, { host: '', port: 9001 }],
      ['*:1', { host: '', port: 1 }],
      [':2', { host: '', port: 2 }],
      ['LocalHost:3', { host: 'localhost', port: 3 }],
      ['::1:4', { host: '::1', port: 4 }],
      ['a:', refused],
      ['a:0', refused],
      ['65536', refused],
    ],
  ],
  [
    'command',
    types.command,
    [
      ['a  b', 'a  b'],
      [['a', 'b c'], `a 'b c'`],
      [[], refused],
      ['', refused],
      ['a\0', refused],
      [5, refused],
    ],
  ],
];

describe.each(CASES)('%s', (_, schema, cases) => {
  test.each(cases)('%j is read as %j', (value, expected) => {
    expect(read(schema, value)).toEqual(expected);
  });
});

test('a command given as words comes back as the same words', () => {
  const words = ['a', '', "it's", '"x"', 'a b', '\\', '$HOME', ';', 'é', '\n'];
  expect(splitCommand(String(read(types.command, words)))).toEqual(words);
});

describe('variables as text', () => {
  test.each([
    ['A=b', { A: 'b' }],
    ['A="a, b",C=\'d\'', { A: 'a, b', C: 'd' }],
    ['A=/usr/bin:/bin-x(1)+.', { A: '/usr/bin:/bin-x(1)+.' }],
    ['A=b,\n  C="d"', { A: 'b', C: 'd' }],
    ['A=b # comment\n,C=d', { A: 'b', C: 'd' }],
    // The dialect of 4.2 knows no escapes; the backslash stays.
    [String.raw`A="C:\temp"`, { A: String.raw`C:\temp` }],
    // What it rejects is read in the dialect of 4.4.
    [String.raw`A="say \"hi\"",B=c`, { A: 'say "hi"', B: 'c' }],
    [`A="it"'"'s`, { A: 'it"s' }],
    ['A=', { A: '' }],
    ['A=,B=c', { A: '', B: 'c' }],
  ])('%j', (text, expected) => {
    expect(parseEnvironmentText(text)).toEqual(expected);
  });

  test.each(['A', 'A=b,C', 'A="b', '=b,c', "A='b"])('%j is no list of variables', (text) => {
    expect(parseEnvironmentText(text)).toBeUndefined();
  });
});
