import { isDeepStrictEqual } from 'node:util';

import { array, constantFrom, oneof, sample, string } from 'fast-check';
import { expect, test } from 'vitest';

import { expand, type Scope } from '../../../core/index.ts';
import { splitCommand } from '../../../core/program/split-command.ts';
import { parseEnvironmentText } from '../../../plugins/config/option-types/environment-text.ts';
import { matchesName } from '../../../plugins/config/supervisord-conf/glob.ts';
import { parseConf } from '../../../plugins/config/supervisord-conf/index.ts';
import { askPython, hasPython } from '../../support/python.ts';

/** Where Supervisor leaves a matter to Python, ours has to agree with Python on whatever text comes along. */

const RUNS = 2000;

/** Texts from pieces that matter to the grammar at hand, so that most of them are near its edges. */
function textsOf(pieces: readonly string[], maxLength: number): string[] {
  const piece = oneof(constantFrom(...pieces), string({ unit: 'grapheme', maxLength: 3 }));
  // A fixed seed: a test that fails has to fail again.
  return sample(
    array(piece, { maxLength }).map((parts) => parts.join('')),
    { numRuns: RUNS, seed: 20_261_122 },
  );
}

/** The first text on which both answers differ, with both. */
function firstDifference(
  texts: readonly string[],
  judged: readonly unknown[],
  ours: (text: string) => unknown,
): unknown {
  return texts
    .map((text, index) => ({ text, python: judged[index], ours: ours(text) }))
    .find(({ python, ours: answer }) => !isDeepStrictEqual(python, answer));
}

const CONF_PIECES = [
  ['[program:x]', '[a.b]', '[a', ']', '[x] y', '[__proto__]', '[DEFAULT]', '[supervisord]'],
  ['\n', '\n', '\n', '\r\n', '\r', '\n ', '\n\t', '\n  ', ' ', '\t', '\u00a0', '\u2028', '\u001f', '\u0085'],
  ['=', ':', ' = ', 'command=', 'a=b', 'A = 1', 'x[] = 1', 'true', 'null', '__proto__=1', 'constructor=2', '=x'],
  [';', '#', ' ;', ' #', '\n;c', '\n  #c', ';;', '"daemon off;"', "'x'", '\\', '"', '%(here)s', '日本'],
].flat();

test.skipIf(!hasPython('configparser'))(
  'any text has the sections and options that configparser finds in it, or is an error in both',
  () => {
    const texts = [...textsOf(CONF_PIECES, 24), ...textsOf(CONF_PIECES, 8).map((text) => `[s]\n${text}`)];
    const judged = askPython(
      [
        'parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)',
        // As a file is read: with universal line ends.
        'parser.read_file(io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), encoding="utf-8", errors="surrogatepass"))',
        'return [[name, list(map(list, parser._sections[name].items()))] for name in parser.sections()]',
      ].join('\n'),
      texts,
      { module: 'configparser', prelude: 'import io' },
    );
    expect(
      firstDifference(texts, judged.map(orRejected), (text) => {
        const { sections, problems } = parseConf(text);
        if (problems.length > 0) return 'rejected';
        return [...sections].map(([title, { options }]) => [
          title,
          [...options].map(([name, { value }]) => [name, value]),
        ]);
      }),
    ).toBeUndefined();
  },
);

function orRejected(answer: unknown): unknown {
  return isError(answer) ? 'rejected' : answer;
}

function isError(answer: unknown): answer is { error: string } {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}

const COMMAND_PIECES = [
  '"',
  "'",
  '\\',
  '\\"',
  "\\'",
  '\\\\',
  ' ',
  '\n',
  '\t',
  '\\\n',
  '#',
  ';',
  '$HOME',
  '""',
  "''",
  'sh -c',
  '\u00a0',
  'é',
];

test.skipIf(!hasPython('shlex'))('any command has the words that shlex splits it into, or the same complaint', () => {
  const texts = textsOf(COMMAND_PIECES, 12);
  const judged = askPython('return shlex.split(text)', texts, { module: 'shlex' });
  expect(
    firstDifference(
      texts,
      judged.map((answer) => (isError(answer) ? answer.error.replace('ValueError: ', '') : answer)),
      (text) => {
        try {
          return splitCommand(text);
        } catch (error) {
          return error instanceof Error ? error.message : error;
        }
      },
    ),
  ).toBeUndefined();
});

const FORMAT_PIECES = [
  ['%(name)s', '%(n)d', '%(n)02d', '%(n)s', '%%', '%', '%(', ')', '(', 's', 'd', '%(a(b)c)s', '%(nope)s', '%(empty)s'],
  [
    '%(n)x',
    '%(n)#x',
    '%(n)#06X',
    '%(n)o',
    '%(n)c',
    '%(neg)+d',
    '%(neg)05d',
    '%(n)-5d|',
    '%(name)5s',
    '%(name)-5s|',
    '%(name).1s',
    '%(n).3d',
  ],
].flat();

const SCOPE: Scope = new Map<string, string | number>([
  ['name', 'web'],
  ['n', 10],
  ['neg', -7],
  ['empty', ''],
  ['a(b)c', 'nested'],
]);

test.skipIf(!hasPython())('any template expands as with the % operator, or is an error in both', () => {
  // A text without a name inserts the whole mapping in Python; that is an error here, and Python's floats and reprs are left out.
  const isCompared = (text: string) => !/%(?!\(|%)|%\([^)]*\)+[^%]*?[aefgrEFG*]/u.test(text.replaceAll('%%', ''));
  const texts = textsOf(FORMAT_PIECES, 6).filter(isCompared);
  const judged = askPython(`return text % {'name': 'web', 'n': 10, 'neg': -7, 'empty': '', 'a(b)c': 'nested'}`, texts);
  expect(
    firstDifference(texts, judged.map(orRejected), (text) => {
      const expanded = expand(text, [SCOPE]);
      return expanded.kind === 'text' ? expanded.text : 'rejected';
    }),
  ).toBeUndefined();
});

const ENVIRONMENT_PIECES = [
  'A',
  'B=',
  '=',
  ',',
  '"',
  "'",
  ' ',
  '\n',
  '#',
  'A="b,c"',
  "C='d'",
  '/usr/bin:/bin',
  '%',
  '\\"',
  '""',
  '"x"y',
  ';',
  'é',
];

test.skipIf(!hasPython('supervisor.datatypes'))('any list of variables that Supervisor accepts means the same', () => {
  const texts = textsOf(ENVIRONMENT_PIECES, 10);
  const judged = askPython('return supervisor.datatypes.dict_of_key_value_pairs(text)', texts, {
    module: 'supervisor.datatypes',
  });
  const accepted = texts.flatMap((text, index) => (isError(judged[index]) ? [] : [[text, judged[index]] as const]));
  expect(accepted.length).toBeGreaterThan(100);
  expect(
    firstDifference(
      accepted.map(([text]) => text),
      accepted.map(([, answer]) => answer),
      parseEnvironmentText,
    ),
  ).toBeUndefined();
});

test.skipIf(!hasPython('fnmatch'))('a name matches the patterns that it matches for fnmatch', () => {
  const names = ['a', 'ab', 'abc.conf', 'x-1.conf', ']', '[', 'a]b', '-', '日.conf'];
  const texts = textsOf(['*', '?', '[', ']', '[!', '[a-c]', '[]x]', 'a', 'b', '.conf', '-', '日'], 6);
  const judged = askPython(`return [fnmatch.fnmatchcase(name, text) for name in ${JSON.stringify(names)}]`, texts, {
    module: 'fnmatch',
  });
  expect(firstDifference(texts, judged, (pattern) => names.map((name) => matchesName(name, pattern)))).toBeUndefined();
});
