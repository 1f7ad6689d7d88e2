/**
 * The input of a printer: entries in order, each with the comments above it. Records are blocks if they contain
 * sections or options, and plain values if they are the value of an option.
 */
export interface Block {
  readonly entries: readonly Entry[];
  /** Comments behind the last entry. */
  readonly trailing: readonly string[];
}

export interface Entry {
  readonly key: string;
  readonly comments: readonly string[];
  readonly value: Block | Plain;
}

/** The value of an option as it is written. */
export interface Plain {
  readonly plain: unknown;
}

export function isBlock(value: Block | Plain): value is Block {
  return 'entries' in value;
}

/** Keeps a comment on one line: in TypeScript, a second line would be code. */
export function oneLine(comment: string): string {
  return comment.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ').trimEnd();
}

/** The value that a block stands for, without its comments. */
export function valueOf(value: Block | Plain): unknown {
  if (!isBlock(value)) return value.plain;
  const record: Record<string, unknown> = {};
  for (const { key, value: inner } of value.entries) {
    // Assigning to __proto__ would set the prototype instead.
    Object.defineProperty(record, key, { value: valueOf(inner), enumerable: true, configurable: true, writable: true });
  }
  return record;
}
