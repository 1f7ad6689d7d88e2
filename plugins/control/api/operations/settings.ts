import { RpcFault } from '../../rpc/index.ts';
import type { Operation } from '../route.ts';
import { array, object } from '../json-schema.ts';
import type { ApiContext } from '../api-context.ts';

/** How a process is configured. */
export function settingsOperations({ supervisor }: ApiContext): Operation[] {
  return [
    {
      method: 'GET',
      path: '/processes/{name}/settings',
      id: 'getSettings',
      doc:
        'The options of a process as they are in force, in the spelling of supervisord.conf (50MB); those that are not the default come ' +
        'first. Of secret options only the names of variables are returned.',
      effect: 'reads',
      errors: [404],
      answer: {
        kind: 'json',
        doc: 'The options.',
        schema: object({
          settings: array(
            object({
              option: { type: 'string' },
              value: { type: ['string', 'null'] },
              default: { type: ['string', 'null'] },
              isDefault: { type: 'boolean' },
              doc: { type: 'string' },
            }),
          ),
        }),
      },
      handle: async ({ path: { name = '' } }) => {
        const view = supervisor.find(name)?.view;
        const group = view && supervisor.groups.get(view.group)?.config;
        if (view === undefined || group === undefined) throw new RpcFault('BAD_NAME', name);
        // Loaded at first use: a daemon that is embedded has read no configuration.
        const [{ tablesOf }, { settingsOf }] = await Promise.all([
          import('../../../config/index.ts'),
          import('../process-settings.ts'),
        ]);
        const tables = tablesOf(supervisor.plugins);
        const [kind] = [...tables.programKinds].find(([, made]) => made.group === group.kind) ?? ['program'];
        const options = tables.optionsOf(kind) ?? new Map();
        return { settings: settingsOf({ process: view.config, group, options }) };
      },
    },
  ];
}
