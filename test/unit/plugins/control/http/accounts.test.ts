import { expect, test } from 'vitest';
import { accountsOf } from '../../../../../plugins/control/http/accounts.ts';
import type { UnixServerSettings } from '../../../../../plugins/control/http/index.ts';

const server = (given: Partial<UnixServerSettings>): UnixServerSettings => ({
  type: 'unix',
  section: 'unix_http_server',
  file: '/s',
  chmod: 0o700,
  chown: undefined,
  username: undefined,
  password: undefined,
  ...given,
});

test('without a password there are no accounts, and empty ones are none', () => {
  expect(accountsOf(server({}))).toBeUndefined();
  expect(accountsOf(server({ username: '', password: '' }))).toBeUndefined();
  const admin = { username: 'a', password: 'b' };
  expect(accountsOf(server({ ...admin, viewer: { username: '', password: '' } }))).toEqual({
    admin,
    viewer: undefined,
  });
});

test('a second account stands beside the first', () => {
  const viewer = { username: 'v', password: 'w' };
  expect(accountsOf(server({ username: 'a', password: 'b', viewer }))).toEqual({
    admin: { username: 'a', password: 'b' },
    viewer,
  });
});

test.each([
  [{ username: 'a' }, 'TSV_HTTP_HALF_PASSWORD'],
  [{ username: 'a', password: 'b', viewer: { username: 'v', password: undefined } }, 'TSV_HTTP_HALF_PASSWORD'],
  [{ viewer: { username: 'v', password: 'w' } }, 'TSV_HTTP_VIEWER_ALONE'],
  [{ username: 'a', password: 'b', viewer: { username: 'a', password: 'w' } }, 'TSV_HTTP_VIEWER_TWICE'],
])('%j is refused with %s', (given, code) => {
  expect(() => accountsOf(server(given))).toThrow(expect.objectContaining({ code }));
});
