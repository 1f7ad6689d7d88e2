import { expect, test } from 'vitest';
import { admit } from '../../../../plugins/http/admission.ts';
import { ownNames } from '../../../../plugins/http/same-site.ts';

const names = ownNames('box', []);
const accounts = {
  admin: { username: 'ann', password: 'secret' },
  viewer: { username: 'bob', password: 'looks' },
};
const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

test('a unix socket without a password lets in whoever can connect, browser or not', () => {
  const policy = { accounts: undefined, names: undefined };
  expect(admit({}, policy)).toEqual({ user: undefined, role: 'admin', isForeign: false });
  expect(admit({ host: 'x', origin: 'http://y', 'sec-fetch-site': 'cross-site' }, policy)).toEqual({
    user: undefined,
    role: 'admin',
    isForeign: false,
  });
});

test('without the password nobody comes in, and the challenge says how to', () => {
  for (const policy of [
    { accounts, names },
    { accounts, names: undefined },
  ]) {
    expect(admit({ host: 'localhost' }, policy)).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': 'Basic realm="default"' },
    });
    expect(admit({ host: 'localhost', authorization }, policy)).toEqual({
      user: 'ann',
      role: 'admin',
      isForeign: false,
    });
  }
});

test('over TCP without a password a foreign Host is refused', () => {
  const policy = { accounts: undefined, names };
  expect(admit({ host: 'evil.example' }, policy)).toMatchObject({ status: 403 });
  expect(admit({ host: 'box:9001' }, policy)).toEqual({ user: undefined, role: 'admin', isForeign: false });
  expect(admit({}, policy)).toEqual({ user: undefined, role: 'admin', isForeign: false });
});

test('with a password any alias of the machine will do: a rebound name has no password to send', () => {
  expect(admit({ host: 'alias.example', authorization }, { accounts, names })).toEqual({
    user: 'ann',
    role: 'admin',
    isForeign: false,
  });
});

test('another page is foreign even with the password, which browsers add by themselves', () => {
  expect(admit({ host: 'box', authorization, origin: 'http://evil.example' }, { accounts, names })).toEqual({
    user: 'ann',
    role: 'admin',
    isForeign: true,
  });
  expect(admit({ host: 'box', authorization, 'sec-fetch-site': 'cross-site' }, { accounts, names })).toEqual({
    user: 'ann',
    role: 'admin',
    isForeign: true,
  });
});

test('the second account is let in as a viewer', () => {
  const viewer = `Basic ${Buffer.from('bob:looks').toString('base64')}`;
  const policy = { accounts, names: undefined };
  expect(admit({ authorization: viewer }, policy)).toEqual({ user: 'bob', role: 'viewer', isForeign: false });
});
