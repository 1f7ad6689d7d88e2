import { describe, expect, test } from 'vitest';

import { errorsOf, processesOf, resolveNative, resolveText, warningsOf } from './resolving.ts';

/** Inputs made to hurt: they cost no more than their size, and reach no prototype. */

const S = '[supervisord]\n';

/** Work that grows faster than these inputs would not end within the time that a test has: a megabyte squared is hours. */
describe('hostile texts are read to their end', () => {
  const MEGABYTE = 'x'.repeat(1024 * 1024);

  test.each([
    ['a value of a megabyte', `${S}identifier=${MEGABYTE}\n`],
    ['a line of a megabyte that is nothing', `${S}${MEGABYTE}\n`],
    ['a megabyte of blanks within a value', `${S}identifier=a${' '.repeat(1024 * 1024)}b\n`],
    ['a megabyte of semicolons', `${S}identifier=a${';'.repeat(1024 * 1024)}\n`],
    ['a megabyte of opening brackets', `${'['.repeat(1024 * 1024)}\n`],
    ['a megabyte of percent signs', `${S}identifier=${'%'.repeat(1024 * 1024)}\n`],
    ['a megabyte of open expansions', `${S}identifier=${'%('.repeat(512 * 1024)}\n`],
    ['a megabyte of quotes in an environment', `${S}environment=A="${`\\"`.repeat(512 * 1024)}\n`],
    ['a megabyte of variables', `${S}environment=${'A="b",'.repeat(170_000)}\n`],
    [
      'a megabyte of escaped characters in a command',
      `${S}[program:p]\ncommand="${String.raw`\"`.repeat(512 * 1024)}\n`,
    ],
    ['300,000 continuation lines', `${S}environment=A="b"\n${' ,C="d"\n'.repeat(300_000)}`],
    ['a misspelled name of a megabyte', `${S}${MEGABYTE}=1\n`],
    ['an event name of a megabyte', `${S}[eventlistener:l]\ncommand=x\nevents=${MEGABYTE}\n`],
    ['10,000 sections', `${S}${Array.from({ length: 10_000 }, (_, i) => `[program:p${i}]\ncommand=x\n`).join('')}`],
    ['10,000 unknown sections', `${S}${Array.from({ length: 10_000 }, (_, i) => `[what:p${i}]\na=x\n`).join('')}`],
    ['10,000 options', `${S}${Array.from({ length: 10_000 }, (_, i) => `o${i}=x\n`).join('')}`],
    [
      'a group of 10,000',
      `${S}${Array.from({ length: 10_000 }, (_, i) => `[program:p${i}]\ncommand=x\n`).join('')}[group:g]\nprograms=${Array.from({ length: 10_000 }, (_, i) => `p${i}`).join(',')}\n`,
    ],
    [
      'a 10,000-fold program',
      `${S}[program:p]\ncommand=x %(process_num)d\nprocess_name=%(process_num)d\nnumprocs=10000\n`,
    ],
  ])('%s', (_, text) => {
    const resolved = resolveText(text);
    // What is said about it stays short, too.
    for (const said of [...errorsOf(resolved), ...warningsOf(resolved)].slice(0, 10))
      expect(said.length).toBeLessThan(1500);
  });
});

describe('names that mean something to JavaScript mean nothing here', () => {
  test('in a supervisord.conf', () => {
    const resolved = resolveText(
      `${S}__proto__=1\nconstructor=2\n[__proto__]\na=1\n[program:__proto__]\ncommand=x\n__proto__=y\nenvironment=__proto__="z",constructor="c"\n[program:constructor]\ncommand=y\n`,
    );
    expect(errorsOf(resolved)).toEqual([]);
    expect(processesOf(resolved).map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(Object.entries(processesOf(resolved)[0]?.environment ?? {})).toEqual([
      ['__proto__', 'z'],
      ['constructor', 'c'],
    ]);
    expect({}).not.toHaveProperty('a');
  });

  test('in a native configuration', () => {
    const exported: unknown = JSON.parse(
      '{"programs":{"__proto__":{"command":"x","__proto__":1}},"__proto__":{"a":1}}',
    );
    const resolved = resolveNative(exported);
    expect(processesOf(resolved).map(({ name }) => name)).toEqual(['__proto__']);
    expect(errorsOf(resolved)).toHaveLength(2);
    expect({}).not.toHaveProperty('a');
  });
});

test('a secret is never shown', () => {
  const resolved = resolveText(
    `${S}[inet_http_server]\nport=1\nusername=u\npassword=hunter2\0\n[unix_http_server]\nfile=/s\nusername=u\npassword=%(hunter2)s\n[supervisorctl]\npassword=hunter2\n`,
  );
  const torn = resolveText(`${S}[unix_http_server]\npassword hunter2\n`);
  const said = [resolved, torn].flatMap((each) => [...errorsOf(each), ...warningsOf(each)]).join('\n');
  expect(said).toContain('password');
  expect(said).not.toContain('hunter2');
});

test('no name writes to the terminal of those who read the errors, or makes a line of its own', () => {
  const conf = resolveText('[supervisord]\n[program:a\x1b[2J]\ncommand=x\nfo\x9bo\u202E=1\n');
  const native = resolveNative({ programs: { 'a\nError: b': { command: 'x', c: 1 } } });
  expect([...warningsOf(conf), ...errorsOf(native)].join('')).not.toMatch(/[\p{Cc}\u202E]/u);
  expect(warningsOf(conf)[0]).toContain(String.raw`[program:a\u001b[2J] fo\u009bo\u202e: unknown option`);
  expect(errorsOf(native)[0]).toContain(String.raw`a\nError: b`);
});
