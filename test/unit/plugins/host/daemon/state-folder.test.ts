import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeStateFolder, stateFolder, stateFoldersOf } from '../../../../../plugins/host/daemon/index.ts';

let base = '';
const identity = {
  file: '/etc/supervisord.conf',
  identifier: 'supervisor',
  places: ['unix:///run/s.sock', '/run/s.pid'],
};
/** A user who is not root, and keeps state in the folder of the test. */
const host = () => ({ uid: 12345, env: { XDG_STATE_HOME: base } });

beforeEach(() => void (base = mkdtempSync(join(tmpdir(), 'tsv-state-'))));
afterEach(() => rmSync(base, { recursive: true, force: true }));

test('daemons with another file, identifier, server or pidfile have other folders', () => {
  const folder = (change: Partial<typeof identity>): string => stateFolder({ ...identity, ...change }, host());
  const all = [
    folder({}),
    folder({ file: '/etc/other.conf' }),
    folder({ identifier: 'other' }),
    folder({ places: ['http://127.0.0.1:9001', '/run/s.pid'] }),
    folder({ places: ['unix:///run/s.sock', '/run/t.pid'] }),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(folder({ places: [...identity.places].reverse() })).toBe(folder({}));
});

test('root keeps it in /run/tsvd, a user in the session folder that is theirs, or below their home', () => {
  expect(stateFolder(identity, { uid: 0, env: { XDG_RUNTIME_DIR: base } })).toMatch(/^\/run\/tsvd\/supervisor-/);
  expect(
    stateFolder(identity, { uid: 12345, env: { XDG_RUNTIME_DIR: base, XDG_STATE_HOME: '/home/x/state' } }),
  ).toMatch(/^\/home\/x\/state\/tsvd\/supervisor-/);
});

test('an identifier never leads out of the folder', () => {
  expect(stateFolder({ ...identity, identifier: '../../etc' }, { uid: 0, env: {} })).toMatch(
    /^\/run\/tsvd\/\.\._\.\._etc-[0-9a-f]+-[0-9a-f]+$/,
  );
});

test('it is private, and made again without a fuss', () => {
  const path = join(base, 'tsvd', 'one');
  makeStateFolder(path);
  makeStateFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('one that others can enter, or that is a link, is refused by name', () => {
  const path = join(base, 'one');
  mkdirSync(path);
  chmodSync(path, 0o755);
  expect(() => makeStateFolder(path)).toThrow(`the state folder ${path} has the mode 755`);
  symlinkSync(path, join(base, 'link'));
  expect(() => makeStateFolder(join(base, 'link'))).toThrow('is not a directory');
  chmodSync(base, 0o777);
  expect(() => makeStateFolder(join(base, 'two'))).toThrow(`the state folder ${base} has the mode 777`);
});

test('a client finds the folders of a file without reading it', () => {
  const path = stateFolder(identity, host());
  makeStateFolder(path);
  expect(stateFoldersOf(identity.file, host())).toEqual([path]);
  expect(stateFoldersOf('/etc/other.conf', host())).toEqual([]);
});
