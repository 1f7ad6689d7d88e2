import { readFileSync } from 'node:fs';
import { hasRawBytes, textFromBytes } from './bytes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment that this process was started with, byte for byte, plus later changes of `process.env`. Node decodes
 * the environment as UTF-8 and replaces other bytes; the kernel keeps the original in /proc/self/environ. Bytes that
 * are not UTF-8 are escaped as in bytes.ts. Without /proc it is `process.env`.
 */
export function inheritedEnvironment(
  env: Environment = process.env,
  original = startEnvironment(),
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) result[name] = value;
  for (const [name, value] of variablesOf(original)) {
    if (Object.hasOwn(result, name)) {
      // Equal after Node's decoding, so it was not changed.
      if (hasRawBytes(value) && result[name] === decodedByNode(value)) result[name] = value;
    } else if (hasRawBytes(name)) {
      delete result[decodedByNode(name)];
      result[name] = value;
    }
  }
  return result;
}

/** The first entry of a name counts, as in getenv(3). */
function variablesOf(original: Uint8Array): Map<string, string> {
  const variables = new Map<string, string>();
  for (const entry of textFromBytes(original).split('\0')) {
    const equals = entry.indexOf('=');
    if (equals > 0 && !variables.has(entry.slice(0, equals)))
      variables.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  return variables;
}

function decodedByNode(text: string): string {
  return text.replaceAll(/[\u{dc80}-\u{dcff}]/gu, '\ufffd');
}

/** The environment that a process was started with, byte for byte; empty without /proc, and where it may not be read. */
export function startEnvironment(pid: number | 'self' = 'self'): Uint8Array {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return new Uint8Array();
  }
}
