/**
 * Masks the credentials in addresses: `http://********@host` for `http://user:password@host`. For display only; the
 * program itself gets the address unchanged.
 */
export function withoutCredentials(text: string): string {
  return text.replaceAll(CREDENTIALS, '://********@');
}

/**
 * Everything between `://` and the last `@` before the path. A match starts at `://` and stops at the next slash, so
 * the time is linear.
 */
const CREDENTIALS = /:\/\/[^\s/?#]*@/g;
