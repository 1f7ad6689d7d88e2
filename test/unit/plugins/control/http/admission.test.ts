import { expect, test } from 'vitest';
import { admit } from '../../../../../plugins/control/http/gate.ts';
import { ownNames } from '../../../../../plugins/control/http/same-site.ts';

const section = 'inet_http_server';
const names = ownNames('box', []);
const accounts = {
  admin: { username: 'ann', password: 'secret' },
  viewer: { username: 'bob', password: 'looks' },
};
const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

test('a unix socket without a password lets in whoever can connect, browser or not', () => {
  const policy = { section, accounts: undefined, names: undefined };
  expect(admit({}, policy)).toEqual({ user: undefined, role: 'admin', isForeign: false });
  expect(admit({ host: 'x', origin: 'http://y', 'sec-fetch-site': 'cross-site' }, policy)).toEqual({
    user: undefined,
    role: 'admin',
    isForeign: false,
  });
});

test('without the password nobody comes in, and the challenge says how to', () => {
  for (const policy of [
    { section, accounts, names },
    { section, accounts, names: undefined },
  ]) {
    expect(admit({ host: 'localhost' }, policy)).toMatchObject({
      refusal: { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="default"' } },
      because: { kind: 'noPassword' },
    });
    expect(admit({ host: 'localhost', authorization }, policy)).toEqual({
      user: 'ann',
      role: 'admin',
      isForeign: false,
    });
  }
});

test('over TCP without a password a foreign Host is refused', () => {
  const policy = { section, accounts: undefined, names };
  expect(admit({ host: 'evil.example' }, policy)).toMatchObject({
    refusal: { status: 403, reason: expect.stringContaining('hosts= of [inet_http_server]') },
    because: { kind: 'foreignHost', host: 'evil.example' },
  });
  expect(admit({ host: 'box:9001' }, policy)).toEqual({ user: undefined, role: 'admin', isForeign: false });
  expect(admit({}, policy)).toEqual({ user: undefined, role: 'admin', isForeign: false });
});

test('with a password any alias of the machine will do: a rebound name has no password to send', () => {
  expect(admit({ host: 'alias.example', authorization }, { section, accounts, names })).toEqual({
    user: 'ann',
    role: 'admin',
    isForeign: false,
  });
});

test('another page is foreign even with the password, which browsers add by themselves', () => {
  expect(admit({ host: 'box', authorization, origin: 'http://evil.example' }, { section, accounts, names })).toEqual({
    user: 'ann',
    role: 'admin',
    isForeign: true,
  });
  expect(admit({ host: 'box', authorization, 'sec-fetch-site': 'cross-site' }, { section, accounts, names })).toEqual({
    user: 'ann',
    role: 'admin',
    isForeign: true,
  });
});

test('the second account is let in as a viewer', () => {
  const viewer = `Basic ${Buffer.from('bob:looks').toString('base64')}`;
  const policy = { section, accounts, names: undefined };
  expect(admit({ authorization: viewer }, policy)).toEqual({ user: 'bob', role: 'viewer', isForeign: false });
});

test('no password and a wrong one are told apart; the message says which', () => {
  const wrong = `Basic ${Buffer.from('ann:guess').toString('base64')}`;
  const policy = { section, accounts, names };
  expect(admit({ host: 'box' }, policy)).toMatchObject({
    refusal: { message: 'a username and a password are required' },
  });
  expect(admit({ host: 'box', authorization: wrong }, policy)).toMatchObject({
    refusal: { status: 401, message: 'the username or the password is wrong' },
    because: { kind: 'wrongPassword', username: 'ann' },
  });
});

test('whatever a Host header holds, the status line that names it is printable ASCII', () => {
  const denied = admit({ host: 'b\u00FCx\u007F evil' }, { section, accounts: undefined, names });
  expect('refusal' in denied && denied.refusal.reason).toMatch(/^Forbidden: "b\?x\?\?evil" is no name/);
});
