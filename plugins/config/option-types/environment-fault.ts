import { plainTokens } from './environment-text.ts';

/**
 * Why a text is no list of variables: which variable is at fault, by name and number, and what is most likely the cause. Shows no part of a
 * value: half of the world's passwords are there.
 */
export function environmentFault(text: string): string {
  const open = openQuote(text);
  if (open !== undefined) return unclosed(text.slice(0, open));
  const tokens = plainTokens(text) ?? [];
  let before: string | undefined;
  for (let at = 0; at < tokens.length; at += 4) {
    const [name, equals, value] = tokens.slice(at, at + 3).map((token) => token.text);
    if (equals === '=' && value !== undefined) {
      before = name;
      continue;
    }
    const separator = tokens[at - 1]?.text;
    const number = at / 4 + 1;
    // What follows is part of the value.
    if (before !== undefined && separator !== ',')
      return `the value of ${before} (variable ${number - 1}) holds a character that needs quotes: ${before}="…"`;
    return withoutValue(name, number, before);
  }
  return 'it is not of the form KEY="value",KEY2="value"';
}

function unclosed(head: string): string {
  const name = /(?<name>[^\s=,"']+)\s*=[^=]*$/.exec(head)?.groups?.['name'];
  const number = (plainTokens(head) ?? []).filter(({ text }) => text === '=').length;
  const whose = name === undefined ? 'a quote' : `the quote in the value of ${name} (variable ${Math.max(1, number)})`;
  return `${whose} is never closed; in a supervisord.conf, " #" and " ;" begin a comment, within quotes too`;
}

function withoutValue(name: string | undefined, number: number, before: string | undefined): string {
  const hasSecret = before !== undefined && /pass|secret|token|key/i.test(before);
  const isName = name !== undefined && /^[A-Za-z_]\w*$/.test(name) && !hasSecret;
  if (isName) return `variable ${number}, ${name}, has no value; write ${name}="…"`;
  const where = before === undefined ? '' : ` behind ${before}`;
  return `variable ${number}${where} is not of the form KEY="value"; a value that holds a comma needs quotes`;
}

/** Index of a quote that opens and is never closed. */
function openQuote(text: string): number | undefined {
  for (const match of text.matchAll(/#[^\n]*|[\w/.+\-():](?:[\w/.+\-():"'])*|"[^"]*"|'[^']*'|["']/g)) {
    if (match[0] === '"' || match[0] === "'") return match.index;
  }
  return undefined;
}
