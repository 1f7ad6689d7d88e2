import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  makeStateFolder,
  removeRunFile,
  runningDaemonsOf,
  stateFolder,
  writeRunFile,
  type StateHost,
} from '../../../../../plugins/host/daemon/index.ts';

const FILE = '/etc/run-file-test.conf';
const SAID = { version: '1.2.3', serverurl: 'unix:///run/a.sock' };
let base: string;
let host: StateHost;
let folder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'tsv-run-file-'));
  // Not root's: that one's folder has a fixed place.
  host = { uid: 12_345, env: { XDG_STATE_HOME: base } };
  folder = stateFolder({ file: FILE, identifier: 'supervisor', places: ['a'] }, host);
  makeStateFolder(folder);
});

afterEach(() => rmSync(base, { recursive: true }));

const found = () => runningDaemonsOf(FILE, host);

test('clients find what a daemon has written, until it takes it away', () => {
  expect(found()).toEqual([]);
  writeRunFile(folder, SAID);
  writeRunFile(folder, SAID);
  expect(found()).toEqual([{ ...SAID, pid: process.pid, start: expect.stringMatching(/^\d+$/) }]);
  expect(runningDaemonsOf('/etc/another.conf', host)).toEqual([]);
  removeRunFile(folder);
  removeRunFile(folder);
  expect(found()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('the file of a daemon that was killed is not believed, nor one of another process with its number', () => {
  writeRunFile(folder, SAID);
  const path = join(folder, 'run.json');
  const said: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const write = (change: object): void => writeFileSync(path, JSON.stringify(Object.assign({}, said, change)));
  write({ pid: 2 ** 22 + 1 });
  expect(found()).toEqual([]);
  write({ start: '1' });
  expect(found()).toEqual([]);
  write({});
  expect(found()).toHaveLength(1);
});

test.each([
  ['text', (path: string) => writeFileSync(path, '{"pid":1')],
  ['other data', (path: string) => writeFileSync(path, '{"pid":"1"}')],
  ['a link', (path: string) => symlinkSync('/etc/passwd', path)],
  ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
])('what is none is passed over: %s', (_, make) => {
  make(join(folder, 'run.json'));
  expect(found()).toEqual([]);
});
