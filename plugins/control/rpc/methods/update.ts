import { reasonOf, TsvError, type Supervisor } from '../../../../core/index.ts';
import type { DescribedPlan } from '../../index.ts';
import { daemonService, describePlan, describeResult } from '../../../host/daemon/index.ts';
import { RpcFault } from '../faults.ts';
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
      call: async () => {
        const found = await supervisor.use(daemonService)?.plan().catch(refused);
        if (found === undefined) throw new RpcFault('CANT_REREAD', 'this program has no configuration file');
        const { file, plan } = found;
        return { ...toStruct(describePlan(plan, supervisor.plugins)), ...(file !== undefined && { file }) };
      },
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
      call: async ([names], { cause }) => {
        const groups = names.length === 0 ? undefined : names.map(String);
        const result = await supervisor.use(daemonService)?.update(groups, cause).catch(refused);
        if (result === undefined) throw new RpcFault('CANT_REREAD', 'this program has no configuration file');
        return toStruct(describeResult(result, supervisor.plugins));
      },
    }),
  ];
}

function refused(error: unknown): never {
  if (error instanceof TsvError && error.code === 'TSV_UNKNOWN_NAME') throw new RpcFault('BAD_NAME', reasonOf(error));
  throw new RpcFault('CANT_REREAD', reasonOf(error));
}

/** Copies it into an XML-RPC value, member by member. */
function toStruct({ added, changed, removed, entries, unchanged }: DescribedPlan): XmlRpcStruct {
  return {
    added,
    changed,
    removed,
    unchanged,
    entries: entries.map(({ changes, ...entry }) => ({ ...entry, changes: changes.map((change) => ({ ...change })) })),
  };
}
