import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Expands `~` and `~user` at the start of a path as a shell does; a path that names nobody stays as it is. */
export function expandHome(path: string, env: Environment): string {
  const [, user] = /^~([^/]*)/.exec(path) ?? [];
  if (user === undefined) return path;
  const home = user === '' ? (env['HOME'] ?? homeOf(String(process.getuid?.()))) : homeOf(user);
  return home === undefined ? path : `${home.replace(/\/+$/, '')}${path.slice(user.length + 1)}` || '/';
}

/**
 * Absolute and without `.`, `..` and doubled slashes; `~` expanded. Of exactly two slashes at the start both stay, as POSIX leaves them
 * their own meaning and Python's normpath keeps them: clients compare the socket's address as text.
 */
export function absolutePath(path: string, cwd: string, env: Environment): string {
  const expanded = expandHome(path, env);
  return (/^\/\/(?!\/)/.test(expanded) ? '/' : '') + resolve(cwd, expanded);
}

/** By name or number, from the file alone: nobody's configuration has a `~user` that only LDAP knows. */
function homeOf(user: string): string | undefined {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    return lines.map((line) => line.split(':')).find(([name, , uid]) => name === user || uid === user)?.[5];
  } catch {
    return undefined;
  }
}
