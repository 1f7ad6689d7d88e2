import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { JournalFile } from '../../../../../plugins/insight/journal/journal-file.ts';
import { parseLine, printLine } from '../../../../../plugins/insight/journal/line.ts';
import { MemoryJournal } from '../../../../../plugins/insight/journal/memory-journal.ts';
import type { JournalRecord } from '../../../../../plugins/insight/journal/record.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsv-journal-'));
  folders.push(folder);
  return join(folder, 'a.journal');
}

const record = (reason: string): JournalRecord => ({
  kind: 'lost',
  at: '2026-01-01T00:00:00.000Z',
  group: 'web',
  name: 'web',
  reason,
});

async function reasonsIn(journal: { newestFirst(): AsyncIterable<string> }): Promise<string[]> {
  const reasons: string[] = [];
  for await (const line of journal.newestFirst()) {
    const found = parseLine(line);
    reasons.push(found?.kind === 'lost' ? found.reason : `not a record: ${line}`);
  }
  return reasons;
}

test('a line is JSON with a CRC-32 at its end, and any change to it is noticed', () => {
  const line = printLine(record('größe "1"\n')).trimEnd();
  expect(JSON.parse(line)).toMatchObject({ v: 1, kind: 'lost', reason: 'größe "1"\n' });
  const body = line.slice(0, line.lastIndexOf(',"crc"'));
  expect(line.endsWith(`"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`)).toBe(true);
  expect(parseLine(line)).toMatchObject(record('größe "1"\n'));
  for (let at = 0; at < line.length; at += 1) {
    expect(parseLine(`${line.slice(0, at)}\u0001${line.slice(at + 1)}`)).toBeUndefined();
  }
});

test('whichever byte a crash stops at, the records before are there and the next ones follow', async () => {
  const path = place();
  const whole = [1, 2, 3].map((number) => printLine(record(`r${number}`)));
  const bytes = Buffer.from(whole.join(''));
  for (let length = 0; length <= bytes.length; length += 1) {
    writeFileSync(path, bytes.subarray(0, length));
    const journal = new JournalFile(path, 0);
    journal.append(printLine(record('next')));
    const complete = whole.filter((_, index) => whole.slice(0, index + 1).join('').length <= length).length;
    expect(await reasonsIn(journal)).toEqual(['next', 'r3', 'r2', 'r1'].filter((_, i) => i === 0 || i >= 4 - complete));
    journal.close();
  }
});

test('zeros that a loss of power has left at the end are cut off, and a broken line in the middle is passed over', async () => {
  const path = place();
  writeFileSync(path, `${printLine(record('one'))}{"v":1,"brok\n${printLine(record('two'))}${'\0'.repeat(5000)}`);
  const journal = new JournalFile(path, 0);
  journal.append(printLine(record('three')));
  expect(await reasonsIn(journal)).toEqual(['three', 'two', 'not a record: {"v":1,"brok', 'one']);
  journal.close();
  writeFileSync(path, '\0'.repeat(300));
  const anew = new JournalFile(path, 0);
  expect(statSync(path).size).toBe(0);
  anew.close();
});

test('a full file becomes the predecessor of a new one, and the one before that goes', async () => {
  const path = place();
  const line = printLine(record('r00'));
  const journal = new JournalFile(path, line.length * 3);
  for (let number = 0; number < 10; number += 1) journal.append(printLine(record(`r0${number}`)));
  expect(await reasonsIn(journal)).toEqual(['r09', 'r08', 'r07', 'r06']);
  expect(statSync(path).size).toBe(line.length);
  expect(statSync(`${path}.1`).size).toBe(line.length * 3);
  expect(existsSync(`${path}.2`)).toBe(false);
  journal.close();
});

test('lines longer than what is read at once, and files without number, are read backwards whole', async () => {
  const path = place();
  const journal = new JournalFile(path, 0);
  const reasons = ['a', 'b'.repeat(200_000), 'ü'.repeat(70_000), 'c'];
  for (const reason of reasons) journal.append(printLine(record(reason)));
  expect(await reasonsIn(journal)).toEqual(reasons.toReversed());
  journal.close();
});

test('the file is private, and one that others could read is made so', () => {
  const path = place();
  new JournalFile(path, 0).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o644);
  new JournalFile(path, 0).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a symbolic link, a second name, or what is no journal is refused and not touched', () => {
  const path = place();
  const target = `${path}.target`;
  writeFileSync(target, 'root:x:0:0\nlast line without an end');
  symlinkSync(target, path);
  expect(() => new JournalFile(path, 0)).toThrow('ELOOP');
  unlinkSync(path);
  linkSync(target, path);
  expect(() => new JournalFile(path, 0)).toThrow('hard link');
  unlinkSync(target);
  expect(() => new JournalFile(path, 0)).toThrow('what is in it is no journal; move it away');
  expect(readFileSync(path, 'utf8')).toBe('root:x:0:0\nlast line without an end');
  expect(() => new JournalFile('/dev/null', 0)).toThrow('not a regular file');
});

test('after somebody has moved the file away, it goes on in a new one when told', async () => {
  const path = place();
  const journal = new JournalFile(path, 0);
  journal.append(printLine(record('one')));
  unlinkSync(path);
  journal.reopen();
  journal.append(printLine(record('two')));
  expect(await reasonsIn(journal)).toEqual(['two']);
  journal.close();
});

test('a full disk takes nothing of a line, and what was there stays readable', async () => {
  const path = place();
  const journal = new JournalFile(path, 0);
  journal.append(printLine(record('one')));
  journal.close(); // every write fails from now on
  expect(() => journal.append(printLine(record('two')))).toThrow('EBADF');
  const again = new JournalFile(path, 0);
  expect(await reasonsIn(again)).toEqual(['one']);
  again.close();
});

test('in memory the oldest lines go at the bound', async () => {
  const line = printLine(record('r0'));
  const journal = new MemoryJournal(line.length * 2);
  for (const reason of ['r0', 'r1', 'r2']) journal.append(printLine(record(reason)));
  expect(await reasonsIn(journal)).toEqual(['r2', 'r1']);
});

test('a journal that somebody has removed is made anew with the next record', async () => {
  const path = place();
  const journal = new JournalFile(path, 0);
  journal.append(printLine(record('before')));
  unlinkSync(path);
  journal.append(printLine(record('after')));
  expect(await reasonsIn(journal)).toEqual(['after']);
  journal.close();
});

test('one whose folder is gone reports it, and is made anew once the folder is there', async () => {
  const path = place();
  const journal = new JournalFile(path, 0);
  rmSync(dirname(path), { recursive: true });
  expect(() => journal.append(printLine(record('lost')))).toThrow('ENOENT');
  mkdirSync(dirname(path));
  journal.append(printLine(record('after')));
  expect(await reasonsIn(journal)).toEqual(['after']);
  journal.close();
});
