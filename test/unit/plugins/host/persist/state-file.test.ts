import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, constantFrom, nat, oneof, property, record, constant } from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readState, StateFile } from '../../../../../plugins/host/persist/state-file.ts';

const HEADER = { boot: 'b', pid: 7, start: '99' };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsv-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name = 'state'): string => join(folder, name);
const problems: string[] = [];
const open = (entries = new Map<string, unknown>()): StateFile =>
  new StateFile(folder, HEADER, entries, (problem) => problems.push(problem));
const entries = (): unknown => {
  const read = readState(folder);
  return read.kind === 'state' ? Object.fromEntries(read.entries) : read;
};

test('what was set is read, and what was deleted is not; nobody else may read it', () => {
  const state = open(new Map([['kept', 1]]));
  state.set('a', { deep: ['x'] });
  state.set('a', 2);
  state.set('b', null);
  state.delete('b');
  state.delete('never');
  expect(readState(folder)).toEqual({
    kind: 'state',
    header: HEADER,
    entries: new Map<string, unknown>([
      ['kept', 1],
      ['a', 2],
    ]),
  });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  state.remove();
  expect(readState(folder)).toEqual({ kind: 'none' });
});

const change = oneof(
  record({ kind: constant('set' as const), key: constantFrom('a', 'b', 'ü c'), value: nat() }),
  record({ kind: constant('delete' as const), key: constantFrom('a', 'b', 'ü c') }),
);

test('a file that a kill has cut off anywhere is the state of a moment before', () => {
  assert(
    property(array(change, { maxLength: 12 }), (changes) => {
      const state = open();
      const moments = [JSON.stringify(entries())];
      for (const what of changes) {
        if (what.kind === 'set') state.set(what.key, what.value);
        else state.delete(what.key);
        moments.push(JSON.stringify(entries()));
      }
      const whole = readFileSync(file());
      const header = whole.indexOf('\n') + 1;
      for (let length = header; length <= whole.length; length += 1) {
        writeFileSync(file(), whole.subarray(0, length));
        expect(moments).toContain(JSON.stringify(entries()));
      }
      state.remove();
    }),
    { numRuns: 30 },
  );
});

test('it is written anew when it is much longer than what it says, and loses nothing by it', () => {
  const state = open();
  for (let count = 0; count < 5_000; count += 1) state.set(`k${count % 50}`, { count, text: 'x'.repeat(200) });
  expect(statSync(file()).size).toBeLessThan(600_000);
  const read = readState(folder);
  expect(read.kind === 'state' && read.entries.get('k7')).toMatchObject({ count: 4_957 });
  expect(read.kind === 'state' && read.entries.size).toBe(50);
});

test('a state that cannot be written is reported once, and whole again when it can', () => {
  const state = open();
  state.set('a', 1);
  rmSync(folder, { recursive: true });
  problems.length = 0;
  // The open file still takes bytes; only a new one shows that there is no place for it.
  for (let count = 0; count < 3_000; count += 1) state.set('a', 'x'.repeat(500));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('ENOENT');
  mkdirSync(folder, { mode: 0o700 });
  state.set('b', 2);
  expect(entries()).toMatchObject({ b: 2 });
});

test('a state that cannot take the place of an older one leaves nothing that would be believed', () => {
  open().set('a', 'old');
  mkdirSync(join(folder, 'state.new', 'in the way'), { recursive: true });
  problems.length = 0;
  open().set('a', 'new');
  expect(problems).toHaveLength(1);
  expect(readState(folder)).toMatchObject({ kind: 'refused' });
});

test.each([
  ['empty', ''],
  ['no JSON', 'x\n'],
  ['of another version', '{"format":2,"boot":"b","pid":1,"start":"1"}\n'],
  ['without a boot', '{"format":1,"pid":1,"start":"1"}\n'],
  ['damaged in the middle', '{"format":1,"boot":"b","pid":1,"start":"1"}\n["a",1\n["b",2]\n'],
  ['of other values', '{"format":1,"boot":"b","pid":1,"start":"1"}\n{"a":1}\n'],
])('a state that is %s is refused, with the reason', (_, text) => {
  writeFileSync(file(), text);
  expect(readState(folder)).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/./) });
});

test('a link in its place is not followed, and its target not touched', () => {
  writeFileSync(file('other'), 'not yours\n');
  symlinkSync(file('other'), file());
  expect(readState(folder)).toMatchObject({ kind: 'refused' });
  open().set('a', 1);
  expect(readFileSync(file('other'), 'utf8')).toBe('not yours\n');
  expect(entries()).toEqual({ a: 1 });
});
