import { isBlock, oneLine, valueOf } from './block.ts';
import type { Block, Entry, Plain } from './block.ts';

/** A `tsv.config.json`. JSON has no comments; lost ones have been reported. */
export function printJson(block: Block): string {
  return `${JSON.stringify(valueOf(block), undefined, 2)}\n`;
}

/** A `tsv.config.yaml`, with comments. */
export function printYaml(header: readonly string[], block: Block): string {
  const above = printComments(header, '');
  return `${above}${above === '' ? '' : '\n'}${printEntries(block, '')}`;
}

function printComments(comments: readonly string[], indent: string): string {
  return comments.map((comment) => `${indent}# ${oneLine(comment)}`.trimEnd() + '\n').join('');
}

function printEntries({ entries, trailing }: Block, indent: string): string {
  return entries.map((entry) => printEntry(entry, indent)).join('') + printComments(trailing, indent);
}

function printEntry({ key, comments, value }: Entry, indent: string): string {
  return `${printComments(comments, indent)}${indent}${printScalar(key)}:${printValue(value, indent)}`;
}

function printValue(value: Block | Plain, indent: string): string {
  if (!isBlock(value)) return ` ${printFlow(value.plain)}\n`;
  const inner = `${indent}  `;
  // Without entries the comments alone would leave nothing, which is null.
  if (value.entries.length === 0) return ` {}\n${printComments(value.trailing, inner)}`;
  return `\n${printEntries(value, inner)}`;
}

function printFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printFlow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return printScalar(value);
  const parts = Object.entries(value).map(([key, item]) => `${printScalar(key)}: ${printFlow(item)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

const WORD = /^[A-Za-z/_][\w/.@-]*$/;
const NOT_TEXT = /^(?:true|false|yes|no|on|off|null|y|n|_*)$/i;

/** Plain if every YAML parser reads it as text; else in JSON's quotes, which YAML accepts. */
function printScalar(value: unknown): string {
  if (typeof value === 'string' && WORD.test(value) && !NOT_TEXT.test(value)) return value;
  const json = JSON.stringify(value) ?? 'null';
  return json.replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
