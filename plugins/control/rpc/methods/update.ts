import type { Supervisor } from '../../../../core/index.ts';
import { planUpdate, update, type DescribedPlan } from '../../index.ts';
import { configured } from '../control-faults.ts';
import { list } from '../parameters.ts';
import { method, type Method } from '../registry.ts';
import type { XmlRpcStruct } from '../xmlrpc/index.ts';

const ENTRIES =
  'a struct: added, changed and removed (names of groups, as reloadConfig returns them), unchanged (a number of processes), ' +
  'and entries, each with kind (add, remove, restart, start, live, group, daemon), group, name, and changes: structs with ' +
  'option, section, change (live, start, restart), isSecret, and from and to, which are missing where nothing is set';

/**
 * Applies a new configuration process by process, where Supervisor only handles whole groups. The namespace `tsv` is
 * ours; `system.listMethods` lists only Supervisor's methods.
 */
export function updateMethods(supervisor: Supervisor): Method[] {
  return [
    method({
      name: 'tsv.planUpdate',
      result: { type: 'struct', doc: `${ENTRIES}; and file, the configuration that was read` },
      faults: ['CANT_REREAD'],
      doc:
        'Reads the configuration again and returns, process by process, what an update would do. Nothing is changed, and nothing ' +
        'is taken note of. Values of secret options and of variables are masked.',
      // It only reads, but a configuration may be code, and reading it runs it.
      effect: 'changes',
      call: async () => toStruct(configured(await planUpdate(supervisor))),
    }),
    method({
      name: 'tsv.update',
      params: [{ ...list('groups', 'names of groups; without any, all'), default: [] }],
      result: { type: 'struct', doc: `${ENTRIES}; each with ok, and with reason where that is false` },
      faults: ['CANT_REREAD', 'BAD_NAME'],
      doc:
        'Reads the configuration again and puts it into use. What is the same is not touched; the rest is changed in place, ' +
        'restarted, added or removed. Answers when all of that is done.',
      effect: 'changes',
      call: async ([names], { cause }) => toStruct(configured(await update(supervisor, names.map(String), cause))),
    }),
  ];
}

/** Copies it into an XML-RPC value, member by member. */
function toStruct({ entries, ...plan }: DescribedPlan): XmlRpcStruct {
  return {
    ...plan,
    entries: entries.map(({ changes, ...entry }) => ({ ...entry, changes: changes.map((change) => ({ ...change })) })),
  };
}
