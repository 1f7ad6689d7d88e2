import { describe, expect, test } from 'vitest';

import { parseConf } from '../../../../../plugins/config/supervisord-conf/index.ts';

const optionsOf = (text: string): Record<string, Record<string, string>> =>
  Object.fromEntries(
    [...parseConf(text).sections].map(([title, { options }]) => [
      title,
      Object.fromEntries([...options].map(([name, { value }]) => [name, value])),
    ]),
  );

const valueOf = (line: string): string | undefined => optionsOf(`[s]\n${line}\n`)['s']?.['a'];

describe('a value', () => {
  test.each([
    ['a=b', 'b'],
    ['a: b', 'b'],
    ['  a \t =  b  ', 'b'],
    ['A = B', 'B'],
    ['a=b ; comment', 'b'],
    ['a=b # comment', 'b'],
    ['a=b;c#d', 'b;c#d'],
    ['a=nginx -g "daemon off;" ; tail', 'nginx -g "daemon off;"'],
    ['a="x ; y"', '"x'],
    ['a=true', 'true'],
    ['a=null', 'null'],
    [`a='quoted'`, `'quoted'`],
    ['a=b=c:d', 'b=c:d'],
    [String.raw`a=\n\"`, String.raw`\n\"`],
    ['a=1\n  2\n\t3', '1\n2\n3'],
    ['a=\n  1', '\n1'],
    ['a=1\n\n  2\n\n', '1\n\n2'],
    ['a=1\n;c\n  # c\n  2', '1\n2'],
    ['a=1\n  b=2', '1\nb=2'],
    ['a=1\na=2', '2'],
    ['a=日本', '日本'],
  ])('%j is %j', (line, value) => {
    expect(valueOf(line)).toBe(value);
  });
});

describe('a section', () => {
  test('goes on where it occurs again, and the last value of an option counts', () => {
    expect(optionsOf('[a]\nx=1\ny=1\n[b]\n[a]\nx=2\n')).toEqual({ a: { x: '2', y: '1' }, b: {} });
  });

  test('has whatever name stands between the brackets', () => {
    const titles = ['program:my.app', '__proto__', 'a]b', 'inet_http_server', 'true', '1', 'a\\.b', 'x y'];
    expect([...parseConf(titles.map((title) => `[${title}]\n`).join('')).sections.keys()]).toEqual(titles);
  });

  test('may be followed by anything on its line', () => {
    expect(optionsOf('[a] what; ever\nx=1')).toEqual({ a: { x: '1' } });
  });
});

describe('a file', () => {
  test.each([
    ['Windows line ends', '[s]\r\na=1\r\n 2\r\nb=3'],
    ['old Macintosh line ends', '[s]\ra=1\r 2\rb=3'],
  ])('with %s is read', (_, text) => {
    expect(optionsOf(text)).toEqual({ s: { a: '1\n2', b: '3' } });
  });

  test('tells the lines of sections, options and errors', () => {
    const { sections, problems } = parseConf('; c\n[s]\na=1\n 2\n\nwhat\nb=3\n');
    expect(sections.get('s')?.line).toBe(2);
    expect([...(sections.get('s')?.options ?? [])].map(([name, { line }]) => [name, line])).toEqual([
      ['a', 3],
      ['b', 7],
    ]);
    expect(problems.map(({ line }) => line)).toEqual([6]);
  });

  test('with a byte order mark is refused, as by Supervisor', () => {
    expect(parseConf('\u{FEFF}[s]\na=1\n').problems).toEqual([
      { line: 1, text: 'U+FEFF', message: expect.stringContaining('a byte order mark') },
    ]);
  });

  test('gives the options of [DEFAULT] apart', () => {
    const { sections, defaults } = parseConf('[DEFAULT]\nx=1\n[s]\n');
    expect([...sections.keys()]).toEqual(['s']);
    expect(defaults.get('x')?.value).toBe('1');
  });
});
