// The log files beside what the children have written. A line is 100 bytes that its run, stream and number determine
// (child.c), so each file is read as a sequence of such lines; what lies between them is garbled.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export const LINE = 100;
const HEAD = 38;
const HEADER = /([OE]) (\d{7}) ([0-9a-f]{16}) (\d{10}) /y;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.repeat(4);
const PAYLOADS = Array.from({ length: 26 }, (_, number) => `${LETTERS.slice(number, number + LINE - 1 - HEAD)}\n`);
const STREAMS = ['O', 'E'];

/**
 * Checks both streams of every program that writes.
 * @returns {{ written: number, missing: number, duplicated: number, disordered: number, crossed: number, garbled: number, problems: object[] }}
 *   `written`, `missing` and `garbled` are bytes, the others lines. `crossed`: lines of another stream or program.
 */
export function checkOutput(folder, programs, runs) {
  const total = { written: 0, missing: 0, duplicated: 0, disordered: 0, crossed: 0, garbled: 0 };
  const problems = [];
  const count = (key, amount, place) => {
    if (amount === 0) return;
    total[key] += amount;
    problems.push({ kind: key, amount, ...place });
  };
  const written = readWritten(folder, runs);
  for (const { name, writes, stdout, stderr } of programs) {
    if (!writes) continue;
    for (const [index, file] of [stdout, stderr].entries()) {
      const stream = STREAMS[index];
      const expected = written.filter((entry) => entry.name === name && entry.stream === stream);
      const seen = new Map(expected.map((entry) => [entry.key, { entry, lines: new Map(), last: -1, tail: 0 }]));
      const found = { duplicated: 0, disordered: 0, crossed: 0, garbled: 0 };
      for (const path of logFiles(file)) readLog(readFileSync(path, 'latin1'), stream, seen, found);
      for (const [key, amount] of Object.entries(found)) count(key, amount, { name, stream });
      for (const { entry, lines, tail } of seen.values()) {
        total.written += entry.accepted;
        const missing = Math.max(0, entry.accepted - lines.size * LINE - tail);
        count('missing', missing, { name, stream, run: entry.key, gaps: gaps(lines, entry.accepted) });
      }
    }
  }
  return { ...total, problems };
}

/** Bytes that write(2) was offered and has accepted, for each run and stream. */
function readWritten(folder, runs) {
  return [...runs.values()].flatMap(({ name, pid, start }) => {
    const file = join(folder, 'written', `${name}.${pid}.${start}`);
    if (!existsSync(file)) return [];
    const numbers = readFileSync(file);
    if (numbers.length < 32) return []; // ended before it could write
    const at = (index) => Number(numbers.readBigUInt64LE(index * 8));
    return STREAMS.map((stream, index) => ({
      key: `${String(pid).padStart(7, '0')} ${start.toString(16).padStart(16, '0')}`,
      name,
      stream,
      offered: at(index),
      accepted: at(2 + index),
    }));
  });
}

/** The file and its rotated predecessors, oldest first. */
function logFiles(file) {
  const prefix = `${basename(file)}.`;
  const rotated = readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => b - a)
    .map((number) => `${file}.${number}`);
  return [...rotated, file].filter((path) => existsSync(path));
}

function readLog(text, stream, seen, found) {
  for (let at = 0; at < text.length;) {
    const line = lineAt(text, at);
    if (line !== undefined) {
      place(line, stream, seen, found);
      at += LINE;
      continue;
    }
    const next = nextLine(text, at + 1);
    const fragment = text.slice(at, next);
    const run = [...seen.values()].find(({ entry }) => isTail(fragment, entry));
    if (run === undefined) found.garbled += fragment.length;
    else run.tail = fragment.length;
    at = next;
  }
}

function place({ stream: itsStream, key, number }, stream, seen, found) {
  const run = seen.get(key);
  if (itsStream !== stream || run === undefined) found.crossed += 1;
  else if (number * LINE >= run.entry.offered) found.garbled += LINE; // never written
  else if (run.lines.has(number)) found.duplicated += 1;
  else {
    run.lines.set(number, true);
    if (number < run.last) found.disordered += 1;
    else run.last = number;
  }
}

function lineAt(text, at) {
  HEADER.lastIndex = at;
  const header = HEADER.exec(text);
  if (header === null) return undefined;
  const [, stream, pid, start, digits] = header;
  const number = Number(digits);
  return text.startsWith(PAYLOADS[number % 26], at + HEAD) ? { stream, key: `${pid} ${start}`, number } : undefined;
}

function nextLine(text, from) {
  for (let at = from; at < text.length; at += 1) {
    if ((text[at] === 'O' || text[at] === 'E') && lineAt(text, at) !== undefined) return at;
  }
  return text.length;
}

/** Whether this is the part of its last line that a run could write before it ended within it. */
function isTail(fragment, { stream, key, offered, accepted }) {
  const number = Math.floor(accepted / LINE);
  const partial = accepted % LINE;
  if (offered === accepted && partial === 0) return false;
  if (fragment.length < partial || fragment.length >= LINE) return false;
  return `${stream} ${key} ${String(number).padStart(10, '0')} ${PAYLOADS[number % 26]}`.startsWith(fragment);
}

/** The first few numbers of missing lines, as ranges. */
function gaps(lines, accepted) {
  const ranges = [];
  for (let number = 0; number < Math.ceil(accepted / LINE) && ranges.length <= 5; number += 1) {
    if (lines.has(number)) continue;
    if (ranges.at(-1)?.[1] === number - 1) ranges.at(-1)[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.slice(0, 5).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
}
