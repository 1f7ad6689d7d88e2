import type { Accounts, Credentials } from './authentication.ts';
import { httpError } from './errors.ts';
import type { ServerSettings } from './server-settings.ts';

/**
 * The accounts of a server; `undefined` for open access. The configuration was already checked; this is the last check,
 * for servers that a program defined itself.
 * @throws TSV_HTTP_HALF_PASSWORD, TSV_HTTP_VIEWER_ALONE, TSV_HTTP_VIEWER_TWICE
 */
export function accountsOf(settings: ServerSettings): Accounts | undefined {
  const { section } = settings;
  const admin = credentialsOf(section, ['username', 'password'], settings);
  const viewer = settings.viewer && credentialsOf(section, ['viewer_username', 'viewer_password'], settings.viewer);
  if (admin === undefined) {
    if (viewer !== undefined) throw httpError('TSV_HTTP_VIEWER_ALONE', [section]);
    return undefined;
  }
  if (viewer?.username === admin.username) throw httpError('TSV_HTTP_VIEWER_TWICE', [section, viewer.username]);
  return { admin, viewer };
}

function credentialsOf(
  section: string,
  [nameOption, passwordOption]: readonly [string, string],
  { username, password }: { readonly username: string | undefined; readonly password: string | undefined },
): Credentials | undefined {
  // Empty values are refused: they come from unset variables.
  if (!username && !password) return undefined;
  if (username === undefined) throw httpError('TSV_HTTP_HALF_PASSWORD', [section, nameOption]);
  if (password === undefined) throw httpError('TSV_HTTP_HALF_PASSWORD', [section, passwordOption]);
  return { username, password };
}
