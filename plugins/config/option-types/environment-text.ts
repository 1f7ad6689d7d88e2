/**
 * The text form of `environment`: `KEY=value,KEY2="a, b"`. Supervisor has two dialects of it, both by way of Python's shlex:
 *
 * - 4.2 and 4.3 read tokens: a word (letters, digits and `_/.+-():`, with quotes allowed inside), a quoted text (which runs to the
 *   same quote, with no escapes), or any other single character. `#` outside quotes starts a comment up to the end of the line.
 *   Four tokens make a pair: name, `=`, value and whatever separates it from the next. Quotes of either kind are stripped from both
 *   ends of a value.
 * - 4.4 reads POSIX words: a backslash escapes outside quotes and within double quotes, quoted and bare parts join.
 *
 * A text that the first dialect accepts means what it means there, since every configuration in the field was written for it;
 * a text that it rejects is tried in the second, where empty values are allowed too.
 */

/** The pairs in the order of the text, or undefined where it is no list of pairs in either dialect. */
export function parseEnvironmentText(text: string): Record<string, string> | undefined {
  return pairsOf(plainTokens(text), stripQuotes) ?? pairsOf(posixTokens(text), (value) => value);
}

/** A text that is read as these pairs: in the first dialect where it can say them, else in the second; undefined where neither can. */
export function printEnvironmentText(pairs: Readonly<Record<string, string>>): string | undefined {
  const print = (spell: (value: string) => string) =>
    Object.entries(pairs)
      .map(([name, value]) => `${name}=${spell(value)}`)
      .join(',');
  // In the file itself a blank and a semicolon begin a comment, quoted or not; only the second dialect can avoid that.
  const texts = [print(plainQuoted), print(posixQuoted)].filter((text) => !/\s[;#]/.test(text));
  return texts.find((text) => isSame(parseEnvironmentText(text), pairs));
}

function isSame(one: Readonly<Record<string, string>> | undefined, other: Readonly<Record<string, string>>): boolean {
  return one !== undefined && JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));
}

function plainQuoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

function posixQuoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll(/(\s)([;#])/g, String.raw`$1"\$2"`)}"`;
}

type Token = { readonly text: string; readonly isWord: boolean };

function pairsOf(
  tokens: readonly Token[] | undefined,
  unquote: (value: string) => string,
): Record<string, string> | undefined {
  if (tokens === undefined) return undefined;
  const pairs = new Map<string, string>();
  for (let at = 0; at < tokens.length; at += 4) {
    const [name, equals, value] = tokens.slice(at, at + 3);
    if (name === undefined || value === undefined || equals?.text !== '=') return undefined;
    pairs.set(name.text, unquote(value.text));
  }
  return Object.fromEntries(pairs);
}

function stripQuotes(value: string): string {
  return value.replace(/^["']+/, '').replace(/["']+$/, '');
}

const PLAIN =
  /[ \t\r\n]+|#[^\n]*\n?|(?<word>[\w/.+\-():](?:[\w/.+\-():"']|#[^\n]*\n?)*)|(?<quoted>"[^"]*"|'[^']*')|(?<other>[^])/gu;

/** The tokens of the first dialect; undefined where a quote is never closed. */
export function plainTokens(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (const { groups = {} } of text.matchAll(PLAIN)) {
    const { word, quoted, other } = groups;
    // An opening quote that the `quoted` alternative did not take is never closed.
    if (other === '"' || other === "'") return undefined;
    // A comment may end inside a word, which then goes on behind it.
    if (word !== undefined) tokens.push({ text: word.replaceAll(/#[^\n]*\n?/g, ''), isWord: true });
    else if (quoted !== undefined) tokens.push({ text: quoted, isWord: true });
    else if (other !== undefined) tokens.push({ text: other, isWord: false });
  }
  return tokens;
}

const POSIX =
  /[ \t\r\n]+|#[^\n]*\n?|(?<word>(?:[\w/.+\-():\u00c0-\u00ff]|\\[^]|"(?:[^"\\]|\\[^])*"|'[^']*')+)|(?<other>[^])/gu;

function posixTokens(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (const { groups = {} } of text.matchAll(POSIX)) {
    const { word, other } = groups;
    if (other === '"' || other === "'" || other === '\\') return undefined;
    if (word !== undefined) tokens.push({ text: unescapeWord(word), isWord: true });
    else if (other !== undefined) tokens.push({ text: other, isWord: false });
  }
  return tokens.flatMap((token, at) => [token, ...emptyValueAfter(tokens, at)]);
}

/** `A=` and `A=,B=1` leave no token for the value. */
function emptyValueAfter(tokens: readonly Token[], at: number): Token[] {
  const next = tokens[at + 1];
  const isAssignment = tokens[at]?.text === '=' && !tokens[at]?.isWord && tokens[at - 1]?.isWord === true;
  return isAssignment && (next === undefined || (next.text === ',' && !next.isWord))
    ? [{ text: '', isWord: true }]
    : [];
}

function unescapeWord(word: string): string {
  return word.replaceAll(/\\([^])|"((?:[^"\\]|\\[^])*)"|'([^']*)'/g, (_, escaped, double, single) => {
    if (escaped !== undefined) return escaped;
    if (single !== undefined) return single;
    return double.replaceAll(/\\(["\\])/g, '$1');
  });
}
