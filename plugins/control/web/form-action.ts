import { HttpRefusal } from '../http/index.ts';
import { isOverallAction, isProcessAction, type OverallAction, type ProcessAction } from './actions.ts';

/** The action that a request asks for. */
export type FormAction =
  | { readonly kind: 'process'; readonly action: ProcessAction; readonly name: string }
  | { readonly kind: 'overall'; readonly action: OverallAction };

/**
 * The action in the fields of a query or a form; `undefined` where there is none.
 * @throws HttpRefusal 400 for what is no action, or an action without its process
 */
export function readFormAction(fields: URLSearchParams): FormAction | undefined {
  const action = fieldOf(fields, 'action');
  if (action === undefined) return undefined;
  if (isOverallAction(action)) return { kind: 'overall', action };
  if (!isProcessAction(action)) throw new HttpRefusal(400, `there is no action ${JSON.stringify(action)}`);
  const name = fieldOf(fields, 'processname');
  if (name === undefined) throw new HttpRefusal(400, `the action ${action} needs a processname`);
  return { kind: 'process', action, name };
}

/** The first value of a field that is not empty, as Supervisor reads its forms. */
export function fieldOf(fields: URLSearchParams, name: string): string | undefined {
  return fields.getAll(name).find((value) => value !== '');
}

/** The parts of a request that identify its sender. */
export interface Sender {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Whether to show a button first, because a request that changes something may not come from a person.
 *
 * A page of another site can make a browser follow a link to us. Browsers report this in `Sec-Fetch-Site`, and such a
 * request is refused before it gets here. But they do not send this header to a server without TLS other than
 * localhost, and a followed link has no `Origin` either. (A posted form has one.) So a browser that follows a link
 * without these headers is shown the button. Browsers also prefetch links. Programs are not asked.
 */
export function needsConsent({ method, headers }: Sender): boolean {
  if (method === 'POST') return false;
  if (/prefetch|prerender/i.test(String(headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz'] ?? '')))
    return true;
  // A link on another site's page: a script has no referring page.
  if (isForeign(headers['referer'], headers['host'])) return true;
  // Every browser sends both of these, and no page can keep it from doing so.
  const isBrowser =
    String(headers['user-agent'] ?? '').startsWith('Mozilla/') && headers['accept-language'] !== undefined;
  return isBrowser && headers['sec-fetch-site'] === undefined && headers['origin'] === undefined;
}

function isForeign(
  referer: string | readonly string[] | undefined,
  host: string | readonly string[] | undefined,
): boolean {
  if (referer === undefined) return false;
  const from = String(referer);
  return !URL.canParse(from) || new URL(from).host !== host;
}
