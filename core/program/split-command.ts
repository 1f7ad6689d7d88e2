/**
 * Splits a command into words like a shell without substitution, exactly as Python's `shlex.split` does, because that
 * is what every supervisord.conf was written for:
 *
 * - blanks, tabs and line ends separate words (a command on several lines has one separator more);
 * - single quotes keep everything up to the next single quote;
 * - double quotes keep everything up to the next double quote; within them a backslash escapes `"` and `\` and stands
 *   for itself before anything else;
 * - elsewhere a backslash takes the next character as it is, a line end included;
 * - quoted and bare parts that touch are one word, and empty quotes make an empty word;
 * - nothing else is special: `;`, `#`, `$`, `*`, `|` are ordinary characters.
 *
 * Throws an Error where a quote is not closed or a backslash ends the text; its message is the reason in Python's
 * words, which Supervisor shows.
 */
export function splitCommand(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const { groups = {} } of command.matchAll(PART)) {
    const part = groups['bare'] ?? groups['escaped'] ?? groups['single'] ?? unescapeQuoted(groups['double']);
    if (part !== undefined) {
      word = (word ?? '') + part;
    } else if (groups['blank'] === undefined) {
      throw new Error(syntaxFault(groups['broken']));
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

// Every alternative starts with a character that starts no other alternative, so the match is linear in the text.
const PART =
  /(?<blank>[ \t\r\n]+)|(?<bare>[^ \t\r\n"'\\]+)|\\(?<escaped>[^])|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[^])*)"|(?<broken>[^][^]*)/gu;

function unescapeQuoted(text: string | undefined): string | undefined {
  return text?.replaceAll(/\\(["\\])/g, '$1');
}

/** Why the rest of a command cannot be read: an unclosed quote, or a backslash at its end. */
function syntaxFault(broken = ''): string {
  const endsInBackslash = broken === '\\' || (broken.startsWith('"') && /(?:^|[^\\])(?:\\\\)*\\$/.test(broken));
  return endsInBackslash ? 'No escaped character' : 'No closing quotation';
}
