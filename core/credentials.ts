/**
 * A text in which the credentials of addresses are masked: `http://********@host` for `http://user:password@host`. For what is shown; the
 * program itself gets the address as it is.
 */
export function withoutCredentials(text: string): string {
  return text.replaceAll(CREDENTIALS, '://********@');
}

/** Between `://` and the last `@` before the path. A match starts at a `://` and stops at the next slash, so the time is linear. */
const CREDENTIALS = /:\/\/[^\s/?#]*@/g;
