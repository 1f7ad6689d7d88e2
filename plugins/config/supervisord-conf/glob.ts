import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The files that match an absolute pattern, as Python's glob does it: `*` any characters, `?` one, `[abc]`, `[a-z]`, `[!a]` one of (or none
 * of) some; none of them matches a slash, or a dot at the start of a name; `**` is no more than `*`. Sorted by name. Folders that cannot
 * be read match nothing.
 */
export async function glob(pattern: string): Promise<string[]> {
  let found = ['/'];
  for (const part of pattern.split('/').filter((name) => name !== '')) {
    const matches = await Promise.all(
      found.map((folder) => (hasWildcard(part) ? matchIn(folder, part) : existing(join(folder, part)))),
    );
    found = matches.flat();
  }
  return found.toSorted();
}

function hasWildcard(part: string): boolean {
  return /[*?[]/.test(part);
}

async function existing(path: string): Promise<string[]> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  return exists ? [path] : [];
}

async function matchIn(folder: string, part: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && matchesName(name, part))
    .map((name) => join(folder, name));
}

type Matcher = '*' | ((character: string) => boolean);

/**
 * Whether a name matches a pattern without slashes. Only the last `*` is ever tried again with one character more, so the time is at most
 * the product of both lengths (a regular expression would take exponential time for `*a*a*a*b`).
 */
export function matchesName(name: string, pattern: string): boolean {
  const matchers = readPattern(pattern);
  const characters = Array.from(name);
  let at = 0;
  let next = 0;
  let star: { readonly next: number; at: number } | undefined;
  while (at < characters.length) {
    const matcher = matchers[next];
    if (matcher === '*') {
      star = { next: ++next, at };
    } else if (matcher?.(characters[at] ?? '') === true) {
      at++;
      next++;
    } else if (star === undefined) {
      return false;
    } else {
      at = ++star.at;
      next = star.next;
    }
  }
  return matchers.slice(next).every((matcher) => matcher === '*');
}

// A `]` that stands first is one of the characters; a `[` that is never closed stands for itself.
const SET_OR_CHARACTER = /\[(?:!(?<others>\][^\]]*|[^\]]+)|(?<set>(?!!)(?:\][^\]]*|[^\]]+)))\]|[^]/gu;

function readPattern(pattern: string): Matcher[] {
  const matchers: Matcher[] = [];
  for (const { 0: part, groups = {} } of pattern.matchAll(SET_OR_CHARACTER)) {
    const { set, others } = groups;
    if (set !== undefined) matchers.push(oneOfSet(set, false));
    else if (others !== undefined) matchers.push(oneOfSet(others, true));
    else if (part === '*') matchers.push('*');
    else matchers.push(part === '?' ? () => true : (character) => character === part);
  }
  return matchers;
}

function oneOfSet(set: string, isNegated: boolean): (character: string) => boolean {
  const ranges = [...set.matchAll(/(?<from>[^])-(?<to>[^])|(?<single>[^])/gu)].map(({ groups = {} }) => ({
    from: groups['from'] ?? groups['single'] ?? '',
    to: groups['to'] ?? groups['single'] ?? '',
  }));
  return (character) => ranges.some(({ from, to }) => character >= from && character <= to) !== isNegated;
}
