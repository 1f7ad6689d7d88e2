import { isBlock, oneLine } from './block.ts';
import type { Block, Entry, Plain } from './block.ts';

const WIDTH = 110;

/** A `tsv.config.ts`. Whatever the texts contain, this frame is the only code in it. */
export function printTypeScript(header: readonly string[], block: Block): string {
  const above = printComments(header, '');
  return `${above}${above === '' ? '' : '\n'}import { defineConfig } from 'tsvisor';

export default defineConfig(${printBlock(block, '', true)});
`;
}

function printComments(comments: readonly string[], indent: string): string {
  return comments.map((comment) => `${indent}// ${oneLine(comment)}`.trimEnd() + '\n').join('');
}

/** With blank lines between sections. */
function printBlock({ entries, trailing }: Block, indent: string, isSpaced: boolean): string {
  if (entries.length === 0 && trailing.length === 0) return '{}';
  const inner = `${indent}  `;
  const parts = [...entries.map((entry) => printEntry(entry, inner)), printComments(trailing, inner)].filter(
    (part) => part !== '',
  );
  return `{\n${parts.join(isSpaced ? '\n' : '')}${indent}}`;
}

function printEntry({ key, comments, value }: Entry, indent: string): string {
  return `${printComments(comments, indent)}${indent}${printKey(key)}: ${printValue(key, value, indent)},\n`;
}

function printValue(key: string, value: Block | Plain, indent: string): string {
  const inline = printInline(value);
  const fits = inline !== undefined && !inline.includes('\n') && indent.length + key.length + inline.length < WIDTH;
  if (!isBlock(value)) return fits ? inline : printPlain(value.plain, indent);
  const holdsSections = value.entries.some((entry) => isBlock(entry.value));
  // An option on its own line is easier to find and change.
  return fits && value.entries.length < 3 && !holdsSections ? inline : printBlock(value, indent, holdsSections);
}

/** On one line; undefined where comments stand between. */
function printInline(value: Block | Plain): string | undefined {
  if (!isBlock(value)) return printPlain(value.plain);
  const { entries, trailing } = value;
  if (trailing.length > 0 || entries.some(({ comments }) => comments.length > 0)) return undefined;
  const parts = entries.map((entry) => [entry.key, printInline(entry.value)] as const);
  if (parts.some(([, part]) => part === undefined)) return undefined;
  return parts.length === 0 ? '{}' : `{ ${parts.map(([key, part]) => `${printKey(key)}: ${part}`).join(', ')} }`;
}

/** On one line, or with a line for each item of a record, indented. */
function printPlain(value: unknown, indent?: string): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map((item: unknown) => printPlain(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const parts = Object.entries(value).map(([key, item]) => `${printKey(key)}: ${printPlain(item)}`);
  if (parts.length === 0) return '{}';
  if (indent === undefined) return `{ ${parts.join(', ')} }`;
  return `{\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}}`;
}

function printKey(key: string): string {
  // As a plain key it would set the prototype.
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

function quote(text: string): string {
  const json = JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, escapeCharacter);
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll(String.raw`\"`, '"')}'`;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
