import { XmlRpcSyntaxError } from './value.ts';

/**
 * Reads a document element by element, in the order in which the grammar asks for it. The recursion of the grammar
 * follows the nesting of the document, so no tree is built.
 *
 * It knows the part of XML 1.0 that a message needs: elements, attributes (skipped), character data, CDATA, comments,
 * processing instructions (skipped), the five predefined entities and numeric references. It refuses a document type,
 * and thereby all custom entities. Every step moves forward, and none rescans a character after a failure, so the time
 * is linear in the length of the document.
 *
 * In one respect it accepts more than XML: control characters. Supervisor and Python's xmlrpc.client print them raw (a
 * coloured log line is enough), and reading them does no harm.
 */
export class Scanner {
  readonly #text: string;
  readonly #open: string[] = [];
  readonly #maxDepth: number;
  #at = 0;
  /** The element just entered was `<name/>`: it has no content and no end tag. */
  #isEmpty = false;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    if (text.charCodeAt(0) === BYTE_ORDER_MARK) this.#at = 1;
  }

  /** Enters the next element and returns its name without prefix; `undefined` when the current element has no more. */
  enter(): string | undefined {
    this.blank();
    if (this.#isEmpty || this.#at >= this.#text.length) return undefined;
    if (this.#text.charCodeAt(this.#at + 1) === SLASH) return undefined;
    const name = this.#name(this.#at + 1);
    this.#at += 1 + name.length;
    this.#attributes(name);
    if (this.#open.push(name) > this.#maxDepth) this.fail('elements are nested too deeply');
    const colon = name.lastIndexOf(':');
    return colon < 0 ? name : name.slice(colon + 1);
  }

  /** Leaves the current element, which must end here. */
  leave(): void {
    const name = this.#open.pop();
    if (name === undefined) return this.fail('an element ends that never began');
    if (this.#isEmpty) {
      this.#isEmpty = false;
      return;
    }
    this.blank();
    const end = this.#at + 2 + name.length;
    if (!this.#text.startsWith(`</${name}`, this.#at)) this.fail(`expected </${name}>`);
    this.#at = end;
    this.#space();
    if (this.#text.charCodeAt(this.#at) !== GREATER) this.fail(`expected </${name}>`);
    this.#at += 1;
  }

  /** Character data up to the next tag, references resolved, line ends made one line feed each. */
  characters(): string {
    if (this.#isEmpty) return '';
    let found = this.#run();
    while (this.#skipMisc() || this.#text.startsWith('<![CDATA[', this.#at)) {
      if (this.#text.startsWith('<![CDATA[', this.#at)) {
        found += oneLineFeed(this.#until(']]>', this.#at + 9, 'a CDATA section'));
      }
      found += this.#run();
    }
    return found;
  }

  /** Passes white space, comments and processing instructions; anything else but a tag is an error. */
  blank(): void {
    if (this.#isEmpty) return;
    do this.#space();
    while (this.#skipMisc());
    if (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) !== LESS) this.fail('unexpected text');
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  fail(problem: string): never {
    const before = this.#text.slice(0, this.#at);
    const line = before.split('\n').length;
    const column = this.#at - before.lastIndexOf('\n');
    const next = JSON.stringify(this.#text.slice(this.#at, this.#at + 20));
    throw new XmlRpcSyntaxError(`not XML-RPC: ${problem} at line ${line}, column ${column}, before ${next}`);
  }

  #run(): string {
    const start = this.#at;
    const end = this.#text.indexOf('<', start);
    this.#at = end < 0 ? this.#text.length : end;
    const raw = this.#text.slice(start, this.#at);
    const text = raw.includes('\r') ? oneLineFeed(raw) : raw;
    return text.includes('&') ? this.#resolve(text) : text;
  }

  #resolve(text: string): string {
    return text.replace(/&([^;&]{0,10});|&/g, (reference, name: string | undefined) => {
      const character = name === undefined ? undefined : (ENTITIES.get(name) ?? numeric(name));
      return character ?? this.fail(`unknown reference ${reference}`);
    });
  }

  /** One comment or processing instruction, the XML declaration included. */
  #skipMisc(): boolean {
    if (this.#text.charCodeAt(this.#at) !== LESS) return false;
    const next = this.#text.charCodeAt(this.#at + 1);
    if (next === QUESTION) return this.#until('?>', this.#at + 2, 'a processing instruction') !== undefined;
    if (next !== EXCLAMATION || this.#text.startsWith('<![CDATA[', this.#at)) return false;
    if (!this.#text.startsWith('<!--', this.#at)) this.fail('a document type or declaration is not allowed');
    return this.#until('-->', this.#at + 4, 'a comment') !== undefined;
  }

  #until(mark: string, from: number, what: string): string {
    const end = this.#text.indexOf(mark, from);
    if (end < 0) this.fail(`${what} does not end`);
    this.#at = end + mark.length;
    return this.#text.slice(from, end);
  }

  #space(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  #name(from: number): string {
    let end = from;
    while (isNameCode(this.#text.charCodeAt(end))) end += 1;
    if (end === from) this.fail('expected the name of an element');
    return this.#text.slice(from, end);
  }

  /** The rest of a start tag. Attributes have no meaning in XML-RPC, but some serializers add namespaces and types. */
  #attributes(element: string): void {
    for (;;) {
      const before = this.#at;
      this.#space();
      const code = this.#text.charCodeAt(this.#at);
      if (code === GREATER) {
        this.#at += 1;
        return;
      }
      if (code === SLASH && this.#text.charCodeAt(this.#at + 1) === GREATER) {
        this.#at += 2;
        this.#isEmpty = true;
        return;
      }
      if (this.#at === before || !isNameCode(code)) this.fail(`the tag <${element}> does not end`);
      this.#attribute(element);
    }
  }

  #attribute(element: string): void {
    this.#at += this.#name(this.#at).length;
    this.#space();
    if (this.#text.charCodeAt(this.#at) !== EQUALS) this.fail(`an attribute of <${element}> has no value`);
    this.#at += 1;
    this.#space();
    const quote = this.#text.charAt(this.#at);
    if (quote !== '"' && quote !== "'") this.fail(`an attribute of <${element}> is not quoted`);
    if (this.#until(quote, this.#at + 1, 'an attribute').includes('<')) this.fail('an attribute holds a <');
  }
}

const BYTE_ORDER_MARK = 0xfeff;
const [LESS, EQUALS, GREATER, QUESTION, SLASH, EXCLAMATION] = [0x3c, 0x3d, 0x3e, 0x3f, 0x2f, 0x21] as const;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function numeric(name: string): string | undefined {
  const digits = /^#(?:x([\da-fA-F]+)|(\d+))$/.exec(name);
  if (digits === null) return undefined;
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

function oneLineFeed(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Letters, digits and `- . : _`, and everything beyond ASCII: here it does not matter which of those are letters. */
function isNameCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x2d && code <= 0x3a && code !== SLASH) ||
    code === 0x5f ||
    code >= 0x80
  );
}
