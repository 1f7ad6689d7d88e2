import { dirname, relative } from 'node:path';

/**
 * Adapts a value to another folder. `%(here)s` means the folder of the containing file, so a value from another folder
 * must name that folder. Within the new folder it stays relative.
 */
export function moveHere(value: unknown, file: string, folder: string): unknown {
  const from = dirname(file);
  if (from === folder) return value;
  const path = relative(folder, from);
  const isBelow = path !== '..' && !path.startsWith('../');
  const replacement = isBelow ? `%(here)s/${escapePercents(path)}` : escapePercents(from);
  return replaceHere(value, replacement);
}

function escapePercents(path: string): string {
  return path.replaceAll('%', '%%');
}

function replaceHere(value: unknown, replacement: string): unknown {
  if (typeof value === 'string')
    // A doubled percent sign is a literal one, and what follows is not an expansion.
    return value.replaceAll(/%%|%\(here\)s/g, (part) => (part === '%%' ? part : replacement));
  if (Array.isArray(value)) return value.map((item: unknown) => replaceHere(item, replacement));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceHere(item, replacement)]));
}
