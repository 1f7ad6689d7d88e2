import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPython, pythonWith } from '../support/python.ts';
import { linesOf, type Written } from './log-lines.ts';
import { MESSAGES, type Verdict } from './supervisor-messages.ts';
import { isMissing, runs } from '../support/peers.ts';

// Every message of Supervisor, compared once with ours: supervisor-messages.ts has the verdicts. What is the same has to occur in
// what both daemons write, at the same level; what differs has to be in the docs.

const isAlone = isMissing(
  'supervisord',
  runs('supervisord', '--version'),
  'its messages are not compared with those of tsvd',
);

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = realFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what is the same', () => {
  let ours: readonly Written[] = [];
  let theirs: readonly Written[] | undefined;
  beforeAll(async () => {
    const both = [linesOf(join(root, 'dist/tsvd'), join(folder, 'a'))];
    if (!isAlone) both.push(linesOf('supervisord', join(folder, 'b')));
    [ours = [], theirs] = await Promise.all(both);
  }, 120_000);

  test('is written by tsvd, at the level that Supervisor has it', () => {
    expect(missingIn(ours)).toEqual([]);
  });

  test.skipIf(isAlone)('is written by supervisord in the same run', () => {
    expect(missingIn(theirs ?? [])).toEqual([]);
  });

  test('and rare has its words in the source of tsvd', () => {
    const sources = ['bin', 'core', 'plugins'].flatMap((part) => sourcesOf(join(root, part)));
    const isThere = (text: string) =>
      sources.some((source) => patternOf(text.replace('supervisor: ', '')).test(source));
    expect(textsOf('rare').filter((text) => !isThere(text))).toEqual([]);
  });

  test('begins with what is critical, then has the warnings, then the rest', () => {
    const levels = ours.slice(0, 4).map(({ channel }) => channel);
    expect(levels).toEqual(levels.toSorted((one, other) => ORDER.indexOf(one) - ORDER.indexOf(other)));
    expect(levels).toContain('WARN');
  });
});

test('what differs is in the docs, which name no other message', () => {
  const page = readFileSync(join(root, 'docs/reference/log-messages.md'), 'utf8');
  const firstCells = [...page.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell = '']) => cell);
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));
  expect(
    textsOf('differs')
      .map(shown)
      .filter((text) => !named.includes(text)),
  ).toEqual([]);
  const known = MESSAGES.map(([, text]) => shown(text));
  expect(named.filter((text) => !known.includes(text))).toEqual([]);
});

test.skipIf(isAlone || !hasPython('supervisor'))(
  'the table has every message of the source of Supervisor, and no other',
  () => {
    const run = (...words: string[]) => execFileSync(pythonWith('supervisor') ?? '', words, { encoding: 'utf8' });
    const sources = run('-c', 'import supervisor; print(list(supervisor.__path__)[0])').trim();
    const found = JSON.parse(run(join(root, 'test/interop/supervisor-messages.py'), sources)) as string[][];
    const table = MESSAGES.map(([channel, text]) => [channel, text]);
    const sorted = (messages: string[][]) => messages.map((message) => message.join(' ')).toSorted();
    expect(sorted(table)).toEqual(sorted(found));
  },
);

const ORDER = ['CRIT', 'WARN', 'INFO'];

/** Only root is warned of being root. */
const isRoot = process.getuid?.() === 0;

function missingIn(lines: readonly Written[]): string[] {
  const isMissing = (channel: string, text: string) => {
    const pattern = patternOf(text);
    return !lines.some((line) => line.channel === channel && pattern.test(line.text));
  };
  return MESSAGES.flatMap(([channel, text, verdict]) => {
    if (verdict !== 'same' || (!isRoot && text.includes('running as root'))) return [];
    return isMissing(channel, text) ? [`${channel} ${text}`] : [];
  });
}

function textsOf(wanted: Verdict): string[] {
  return MESSAGES.flatMap(([, text, verdict]) => (verdict === wanted ? [text] : []));
}

const PLACEHOLDER = /%(?:\(\w+\))?[rsd]/;

function patternOf(text: string): RegExp {
  const parts = text.split(PLACEHOLDER).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(parts.join('.*'));
}

/** As the docs show it. */
function shown(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(new RegExp(PLACEHOLDER, 'g'), '…');
}

function sourcesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(path, name), 'utf8'));
}

function realFolder(): string {
  return mkdtempSync(join(tmpdir(), 'log-messages-'));
}
