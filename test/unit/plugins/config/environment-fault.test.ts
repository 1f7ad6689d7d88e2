import { expect, test } from 'vitest';

import { errorsOf, resolveNative, resolveText } from './resolving.ts';

const [S, P] = ['[supervisord]\n', '[program:p]\ncommand=x\n'];

test.each([
  ['a name alone', 'GOOD="1",NOVALUE', ['variable 2', 'NOVALUE', 'has no value']],
  ['a name alone at the start', 'NOVALUE,GOOD="1"', ['variable 1', 'NOVALUE', 'has no value']],
  ['a name alone on a later line', 'A="1",\n  B="2",\n  NOVALUE', ['variable 3', 'NOVALUE']],
  [
    'a value cut off by a comment',
    'A="1",HASH="a #b",C="2"',
    ['HASH', 'variable 2', 'never closed', '" #"', 'comment'],
  ],
  ['a value cut off by a semicolon', "A=1,HASH='a ;b'", ['HASH', 'variable 2', '" ;"']],
  ['a bare value with an @', 'A=1,MAIL=a@b.org,C=2', ['MAIL', 'variable 2', 'needs quotes']],
  ['a bare value with a comma', 'PASSWORD=hunter,seven', ['variable 2', 'behind PASSWORD', 'comma']],
])('the error about %s names it', (_, environment, parts) => {
  const [error, ...more] = errorsOf(resolveText(`${S}${P}environment=${environment}\n`));
  expect(more).toEqual([]);
  for (const part of parts) expect(error).toContain(part);
  expect(error).toContain('[program:p] environment: not a list of variables: ');
});

test.each(['PASSWORD=hunter,seven', 'PASSWORD=hunter@seven', 'A="hunter #seven"', "TOKEN=hunter'seven"])(
  'the error about %s shows no part of the value',
  (environment) => {
    const [error] = errorsOf(resolveText(`${S}${P}environment=${environment}\n`));
    expect(error ?? '').not.toMatch(/hunter|seven/);
  },
);

test('in a record the variable is named, too', () => {
  const native = { programs: { p: { command: 'x', environment: { A: 'a', B: true } } } };
  expect(errorsOf(resolveNative(native)).join()).toContain('the variable "B" is not a text');
});
