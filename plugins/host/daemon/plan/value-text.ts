import type { Schema } from '../../../../core/index.ts';
import { specOf, textOf } from '../../../config/index.ts';

/**
 * The value of an option as in a supervisord.conf; `undefined` if it is not set, or has no short spelling. Records are
 * never spelled out: they may contain passwords.
 */
export function valueText(value: unknown, schema: Schema | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  const spelled = schema === undefined ? undefined : (specOf(schema)?.toText?.(value) ?? textOf(schema, value));
  if (spelled !== undefined) return spelled;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.every(isWord) ? value.join(',') : undefined;
  return nameIn(value);
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** The text for a resolved value: a user, the owner of a socket, a log, a socket. */
function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('uid' in value && 'name' in value && typeof value.name === 'string') return value.name;
  if ('user' in value && typeof value.user === 'string') {
    return 'group' in value && typeof value.group === 'string' ? `${value.user}:${value.group}` : value.user;
  }
  if ('url' in value && typeof value.url === 'string') return value.url;
  return 'path' in value && typeof value.path === 'string' ? value.path : undefined;
}
