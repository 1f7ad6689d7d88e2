/**
 * The positions of values in a template. Escaping makes a value harmless in two places only: between tags, and inside
 * an attribute in double quotes. A template may use values only there. It is written in a small part of HTML in which
 * the text before a value determines the position:
 *
 *     markup    = (text | tag | `</name>` | `<!doctype html>`)*
 *     tag       = `<name` (` attribute="value"` | ` attribute`)* `>`
 *
 * No values in comments, scripts and style sheets; in attributes that are scripts or styles (`onclick`, `style`); and
 * at the beginning of a URL, where a value could bring a scheme (`javascript:`) or another host.
 */
export type Position = 'text' | 'attribute';

/** @throws TypeError for a value in any other place, and for a template that does not end between tags. */
export function positionsOf(parts: readonly string[]): readonly Position[] {
  const found: Position[] = [];
  let before = '';
  for (const part of parts.slice(0, -1)) {
    before += part;
    found.push(positionAfter(before));
    before += VALUE;
  }
  const whole = before + (parts.at(-1) ?? '');
  if (restOf(whole) !== '') throw new TypeError(`this template is no markup of its own: ${shown(whole)}`);
  return found;
}

/** Stands for a value in the text that is looked at; no template contains it. */
const VALUE = '\uFFFC';

const NAME = '[a-zA-Z][a-zA-Z0-9-]*';
const OPEN_TAG = `<${NAME}(?:\\s+${NAME}(?:="[^"]*")?)*`;
const COMPLETE = new RegExp(`^(?:[^<]|<!doctype html>|</${NAME}\\s*>|${OPEN_TAG}\\s*/?>)*`);
const IN_ATTRIBUTE = new RegExp(`^${OPEN_TAG}\\s+(?<name>${NAME})="(?<value>[^"]*)$`);
const IN_SCRIPT = /<(?:script|style)\b[^>]*>[^<]*$/i;

/** Attributes that hold scripts, styles or whole pages. */
const CODE = /^(?:on.*|style|srcdoc|srcset)$/i;
const ADDRESSES = new Set(['href', 'src', 'action', 'formaction', 'poster', 'data', 'ping']);
/** The beginning of a URL that no value can turn into another site's: `index.html?`, `logtail/`. */
const OWN_ADDRESS = /^[\w.-]+[/?#]/;

function positionAfter(before: string): Position {
  const rest = restOf(before);
  if (rest === '') {
    if (IN_SCRIPT.test(before)) throw new TypeError(`no value may stand in a script or style: ${shown(before)}`);
    return 'text';
  }
  const { name, value } = IN_ATTRIBUTE.exec(rest)?.groups ?? {};
  if (name === undefined || value === undefined) {
    throw new TypeError(`a value may stand in text or in a quoted attribute: ${shown(before)}`);
  }
  if (CODE.test(name)) throw new TypeError(`no value may stand in the attribute ${name}`);
  if (ADDRESSES.has(name.toLowerCase()) && !OWN_ADDRESS.test(value)) {
    throw new TypeError(`an address begins with what is known, such as index.html?: ${shown(before)}`);
  }
  return 'attribute';
}

/** What is left after all that is complete: a tag that is still open, or nothing. */
function restOf(markup: string): string {
  return markup.slice(COMPLETE.exec(markup)?.[0].length ?? 0);
}

function shown(markup: string): string {
  return JSON.stringify(markup.replaceAll(VALUE, '${…}').slice(-80));
}
