import { namespec, reasonOf, type Process } from '../../../../core/index.ts';
import { clientCause, targetNamed } from '../../index.ts';
import { HttpRefusal } from '../../http/index.ts';
import { RpcFault } from '../../rpc/index.ts';
import { ACTIONS, actionResults, methodOf, type ActionName } from '../actions.ts';
import { refuseWhileEnding } from '../faults.ts';
import type { ProcessStatus } from '../process-status.ts';
import type { Operation } from '../route.ts';
import { array, object, type JsonSchema } from '../json-schema.ts';
import { ref } from '../schemas.ts';
import type { ApiContext } from '../api-context.ts';

/** Processes: their status, and the actions on them. */
export function processOperations(site: ApiContext): Operation[] {
  const { supervisor, control, describe, usage } = site;
  const shown = ({ view }: Process): ProcessStatus => {
    const used = usage.look().get(namespec(view));
    return used === undefined ? describe(view) : { ...describe(view), usage: used };
  };
  return [
    {
      method: 'GET',
      path: '/processes',
      id: 'listProcesses',
      doc: 'All processes in use, in the order in which they start.',
      effect: 'reads',
      answer: { kind: 'json', doc: 'The processes.', schema: object({ processes: array(ref('ProcessStatus')) }) },
      handle: () => ({ processes: supervisor.processes.map(shown) }),
    },
    ...(Object.keys(ACTIONS) as ActionName[]).map((name) => action(site, name)), // the keys of a literal
    {
      method: 'GET',
      path: '/processes/{name}/journal',
      id: 'getJournal',
      doc: 'What happened to a process, and to the daemon in between, the newest first. Needs the plugin journal.',
      effect: 'reads',
      query: {
        limit: {
          schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 20 },
          doc: 'How many records of the process, at most.',
        },
      },
      errors: [404, 501],
      answer: {
        kind: 'json',
        doc: 'The records, as docs/plugins/journal.md describes them.',
        schema: object({ records: array({ type: 'object' }) }),
      },
      handle: async ({ path: { name = '' }, query: { limit = 20 } }) => {
        // Loaded at first use: most daemons are asked for it seldom.
        const { journalService, readJournal } = await import('../../../insight/journal/index.ts');
        if (supervisor.use(journalService) === undefined) {
          throw new HttpRefusal(501, 'there is no journal: enable the plugin journal');
        }
        refuseWhileEnding(control);
        const answer = await readJournal(supervisor, name, Number(limit)).catch((error: unknown) => {
          throw new RpcFault('FAILED', reasonOf(error));
        });
        if (answer.kind === 'notKept') throw new RpcFault('FAILED', answer.reason);
        if (answer.kind === 'noSuchName') throw new RpcFault('BAD_NAME', name);
        return { records: answer.records };
      },
    },
    {
      method: 'GET',
      path: '/processes/{name}',
      id: 'getProcess',
      doc: 'One process.',
      effect: 'reads',
      errors: [404],
      answer: { kind: 'json', doc: 'The process.', schema: ref('ProcessStatus') },
      handle: ({ path: { name = '' } }) => {
        const process = supervisor.find(name);
        if (process === undefined) throw new RpcFault('BAD_NAME', name);
        return shown(process);
      },
    },
  ];
}

const WAIT: JsonSchema = {
  type: 'boolean',
  default: true,
  description: 'Answer only when it is done; otherwise as soon as it has begun.',
};

const ABOUT: Readonly<Record<ActionName, { readonly doc: string; readonly body: JsonSchema }>> = {
  start: { doc: 'Starts what does not run.', body: object({ wait: WAIT }, ['wait']) },
  stop: { doc: 'Stops what runs.', body: object({ wait: WAIT }, ['wait']) },
  restart: { doc: 'Stops what runs, then starts it.', body: object({ wait: WAIT }, ['wait']) },
  signal: {
    doc: 'Sends a signal.',
    body: object({ signal: { type: 'string', description: 'HUP, SIGHUP or 1.' } }),
  },
  'clear-logs': { doc: 'Empties the logs.', body: object({}) },
};

function action({ supervisor, control }: ApiContext, name: ActionName): Operation {
  const { doc, body } = ABOUT[name];
  return {
    method: 'POST',
    path: `/processes/{name}/${name}`,
    id: `${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Processes`,
    doc: `${doc} The name may be group:name, name, group:* or *; of a single process a failure is the error of the request.`,
    effect: 'changes',
    body,
    errors: [404, 409, 422],
    answer: {
      kind: 'json',
      doc: 'What became of each process that was acted on.',
      schema: object({ results: array(ref('ActionResult')) }),
    },
    handle: async (input, { info }) => {
      const { wait = true, signal = '' } = input.body;
      if (typeof wait !== 'boolean' || typeof signal !== 'string') throw new HttpRefusal(400, 'wrong parameters');
      refuseWhileEnding(control);
      const target = targetNamed(supervisor, input.path['name'] ?? '');
      const cause = clientCause(methodOf(name, target), info.user);
      return { results: actionResults(await ACTIONS[name](control, target, { cause, wait, signal }), target) };
    },
  };
}
