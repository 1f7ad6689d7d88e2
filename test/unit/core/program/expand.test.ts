import { describe, expect, test } from 'vitest';

import { expand } from '../../../../core/index.ts';

const scopes = [
  new Map<string, string | number>([
    ['process_num', 7],
    ['program_name', 'inner'],
  ]),
  new Map<string, string | number>([
    ['program_name', 'outer'],
    ['ENV_X', '50%'],
  ]),
];

describe('a template expands', () => {
  test.each([
    ['nothing', 'nothing'],
    ['%(program_name)s', 'inner'],
    ['x%(process_num)02dy', 'x07y'],
    ['%(process_num)s %(process_num)d %(process_num)3d|%(process_num)-3d|', '7 7   7|7  |'],
    ['100%%', '100%'],
    ['%(ENV_X)s', '50%'],
    ['%%(program_name)s', '%(program_name)s'],
    ['%(process_num)x %(process_num)#04x', '7 0x07'],
  ])('%j', (template, text) => {
    expect(expand(template, scopes)).toEqual({ kind: 'text', text });
  });
});

test('an unknown name is told with the names that are known', () => {
  expect(expand('%(nope)s', scopes)).toEqual({
    kind: 'unknownName',
    name: 'nope',
    known: ['process_num', 'program_name', 'ENV_X'],
  });
});

test.each(['%', '%(', '%(program_name)', '%s', '%d', '%(program_name)d', '%(program_name)y', '50% off'])(
  '%j is malformed',
  (template) => {
    expect(expand(template, scopes)).toEqual({ kind: 'malformed', reason: expect.any(String) });
  },
);
