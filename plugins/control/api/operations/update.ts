import { clientCause, planUpdate, update } from '../../index.ts';
import { configured } from '../../rpc/index.ts';
import { refuseWhileEnding } from '../faults.ts';
import type { Operation } from '../route.ts';
import { ref } from '../schemas.ts';
import type { ApiContext } from '../api-context.ts';

/** Shows what the configuration on disk would change, and applies it. */
export function updateOperations({ supervisor, control }: ApiContext): Operation[] {
  return [
    {
      method: 'GET',
      path: '/plan',
      id: 'planUpdate',
      doc:
        'Reads the configuration again and returns, process by process, what an update would do. Nothing is changed. Values of ' +
        'secret options and of variables are masked.',
      // It only reads, but a configuration may be code, and reading it runs it.
      effect: 'changes',
      errors: [422],
      answer: { kind: 'json', doc: 'What would be done.', schema: ref('Plan') },
      handle: async () => {
        refuseWhileEnding(control);
        return configured(await planUpdate(supervisor));
      },
    },
    {
      method: 'POST',
      path: '/update',
      id: 'update',
      doc:
        'Reads the configuration again and puts it into use: what is the same is not touched. Answers when all is done. Of each ' +
        'entry `ok` says whether it was, and `reason` why not.',
      effect: 'changes',
      body: {
        type: 'object',
        properties: {
          groups: {
            type: 'array',
            items: { type: 'string' },
            description: 'Names of groups; all where it is left out.',
          },
        },
        additionalProperties: false,
      },
      errors: [404, 422],
      answer: { kind: 'json', doc: 'What was done.', schema: ref('Plan') },
      handle: async ({ body: { groups = [] } }, { info }) => {
        refuseWhileEnding(control);
        return configured(await update(supervisor, textsIn(groups), clientCause('tsv.update', info.user)));
      },
    },
  ];
}

/** The body was checked against its schema. */
function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
