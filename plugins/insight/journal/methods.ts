import { splitSpec, type Supervisor } from '../../../core/index.ts';
import { method, RpcFault, text, type Method, type Parameter, type XmlRpcValue } from '../../control/rpc/index.ts';
import { journalService } from './service.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;

const limit: Parameter<number> = {
  name: 'limit',
  type: 'int',
  doc: `how many records of the process, at most; from 1 to ${MAX_LIMIT}, by default ${DEFAULT_LIMIT}`,
  default: DEFAULT_LIMIT,
  read: (given) => (typeof given === 'number' && Number.isInteger(given) && given > 0 ? given : undefined),
};

/** `tsv.getJournal`. */
export function journalMethods(supervisor: Supervisor): Method[] {
  return [
    method({
      name: 'tsv.getJournal',
      params: [text('name', 'name of a process, or group:name; one that is in use no more, too'), limit],
      result: { type: 'array', doc: 'records, the newest first, as docs/plugins/journal.md describes them' },
      faults: ['BAD_NAME', 'FAILED'],
      doc: 'Returns what happened to a process, and to the daemon in between.',
      effect: 'reads',
      call: async ([name, most]) => {
        const [group, process] = splitSpec(name);
        const records = await supervisor.use(journalService)?.read({
          group,
          name: process,
          limit: Math.min(most, MAX_LIMIT),
        });
        if (records === undefined) throw new RpcFault('FAILED', 'no journal is kept (journal_file=NONE)');
        const isKnown = records.some(({ kind }) => kind !== 'searchLimit') || supervisor.find(name) !== undefined;
        if (!isKnown) throw new RpcFault('BAD_NAME', name);
        return toWire(records);
      },
    }),
  ];
}

/**
 * Records are plain data without anything that XML-RPC lacks. The way through JSON proves this to the compiler, and
 * copies.
 */
function toWire(records: readonly unknown[]): XmlRpcValue {
  return JSON.parse(JSON.stringify(records)) as XmlRpcValue;
}
