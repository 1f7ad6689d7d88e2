import * as v from 'valibot';

/** The cause of a change, as in events and the journal. */
export const CauseShape = v.looseObject({ by: v.string(), detail: v.nullish(v.string()) });

/** Follows "started" or "stopped". */
export function causeText({ by, detail }: v.InferOutput<typeof CauseShape>): string {
  const how = detail === undefined || detail === null ? '' : ` (${detail})`;
  switch (by) {
    case 'boot':
      return 'with the daemon';
    case 'shutdown':
      return `with the daemon${how}`;
    case 'child':
      return `by the restart policy${how === '' ? '' : `, after ${detail}`}`;
    case 'reload':
      return `by a change of the configuration${how}`;
    case 'client':
    case 'plugin':
      return `by a ${by}${how}`;
    case 'policy':
      return `by the daemon${how}`;
    default:
      return `by ${by}${how}`; // a newer daemon may know more
  }
}
