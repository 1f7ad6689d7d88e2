import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  authenticate,
  type Accounts,
  type Credentials,
  type Identity,
} from '../../../../../plugins/control/http/authentication.ts';

const header = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;
const proven = (value: string | undefined, accounts: Accounts): Identity | undefined => {
  const proof = authenticate(value, accounts);
  return proof.kind === 'identity' ? proof.identity : undefined;
};
const only = (admin: Credentials) => ({ admin, viewer: undefined });
const sha = (password: string) => `{SHA}${createHash('sha1').update(password).digest('hex')}`;

test.each([
  ['ann:secret', 'secret', true],
  ['ann:wrong', 'secret', false],
  ['ann:', 'secret', false],
  ['ann', 'secret', false],
  ['bob:secret', 'secret', false],
  [':secret', 'secret', false],
  ['ann:secret ', 'secret', false],
  ['ann:pl:ain: with blanks', 'pl:ain: with blanks', true],
  ['ann:pä§§wörd €', 'pä§§wörd €', true],
  ['ann:s3cret', sha('s3cret'), true],
  ['ann:s3cret', sha('s3cret').replace(/[a-f]/g, (digit) => digit.toUpperCase()), true],
  [`ann:${sha('s3cret').slice(5)}`, sha('s3cret'), false],
  [`ann:${sha('s3cret')}`, sha('s3cret'), false],
  ['ann:', '', true],
])('%j against the password %j: %s', (given, password, isLetIn) => {
  expect(proven(header(given), only({ username: 'ann', password }))?.user).toBe(isLetIn ? 'ann' : undefined);
});

test.each([undefined, '', 'Basic', 'Basic ', 'Basic !!!', 'Bearer YW5uOnNlY3JldA==', 'Digest x', 'Basic a b'])(
  'the header %j proves nobody',
  (value) => {
    expect(authenticate(value, only({ username: 'ann', password: 'secret' }))).toEqual({ kind: 'none' });
  },
);

test('the scheme is read in any case, and base64 without its padding', () => {
  const value = header('ann:secret').replace('Basic', 'bAsIc').replace(/=+$/, '');
  expect(proven(value, only({ username: 'ann', password: 'secret' }))?.user).toBe('ann');
});

test('bytes that are no UTF-8 are compared as they are', () => {
  expect(
    proven(header(Buffer.from('ann:p\xe4', 'latin1')), only({ username: 'ann', password: 'p\ufffd' })),
  ).toBeUndefined();
});

test.each([
  ['ann:all', 'admin'],
  ['bob:look', 'viewer'],
  ['ann:look', undefined],
  ['bob:all', undefined],
  ['bob:', undefined],
])('of two accounts %j proves %j', (given, role) => {
  const accounts = {
    admin: { username: 'ann', password: 'all' },
    viewer: { username: 'bob', password: sha('look') },
  };
  expect(proven(header(given), accounts)?.role).toBe(role);
});
