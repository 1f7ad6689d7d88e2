import { expect, test } from 'vitest';
import { isForeign, isOwnHost, ownNames } from '../../../../../plugins/control/http/same-site.ts';

const names = ownNames('Box.example.org', ['control.example.com', '']);

test.each([
  [undefined, true],
  ['localhost', true],
  ['localhost:9001', true],
  ['LOCALHOST.', true],
  ['127.0.0.1:9001', true],
  ['192.168.1.7', true],
  ['[::1]:9001', true],
  ['[fe80::1]', true],
  ['box', true],
  ['box:9001', true],
  ['BOX.example.org', true],
  ['control.example.com:80', true],
  ['control', false],
  ['evil.example', false],
  ['box.evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['evil.example:localhost', false],
  ['evil.example@localhost', false],
  ['localhost/evil', false],
  ['[evil]', false],
  ['::1', false],
  ['', false],
  [' ', false],
])('Host %j is our own: %s', (host, isOwn) => {
  expect(isOwnHost(host, names)).toBe(isOwn);
});

test.each([
  // What scripts send.
  [{}, false],
  [{ host: 'localhost:9001' }, false],
  // What browsers say themselves.
  [{ site: 'same-origin' }, false],
  [{ site: 'none' }, false],
  [{ site: 'cross-site' }, true],
  [{ site: 'same-site' }, true],
  [{ site: 'whatever-comes' }, true],
  [{ site: '' }, true],
  // Behind a proxy that changes Host, the browser still knows.
  [{ site: 'same-origin', origin: 'https://public.example', host: '127.0.0.1:9001' }, false],
  // Browsers that say only Origin.
  [{ origin: 'http://localhost:9001', host: 'localhost:9001' }, false],
  [{ origin: 'http://LOCALHOST:9001', host: 'localhost:9001' }, false],
  [{ origin: 'http://box', host: 'box:80' }, false],
  [{ origin: 'https://box', host: 'box' }, false],
  [{ origin: 'http://localhost:3000', host: 'localhost:9001' }, true],
  [{ origin: 'http://evil.example', host: 'localhost:9001' }, true],
  [{ origin: 'null', host: 'localhost:9001' }, true],
  [{ origin: '', host: 'localhost:9001' }, true],
  [{ origin: 'http://localhost:9001' }, true],
  [{ origin: 'http://a', host: '[' }, true],
])('a request with %j is foreign: %s', (provenance, expected) => {
  expect(isForeign({ host: undefined, origin: undefined, site: undefined, ...provenance })).toBe(expected);
});
