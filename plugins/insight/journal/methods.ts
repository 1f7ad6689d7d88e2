import type { Supervisor } from '../../../core/index.ts';
import { method, RpcFault, text, type Method, type Parameter, type XmlRpcValue } from '../../control/rpc/index.ts';
import { MAX_RECORDS, readJournal } from './service.ts';

const DEFAULT_LIMIT = 20;

const limit: Parameter<number> = {
  name: 'limit',
  type: 'int',
  doc: `how many records of the process, at most; from 1 to ${MAX_RECORDS}, by default ${DEFAULT_LIMIT}`,
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
        const answer = await readJournal(supervisor, name, most);
        if (answer.kind === 'notKept') throw new RpcFault('FAILED', answer.reason);
        if (answer.kind === 'noSuchName') throw new RpcFault('BAD_NAME', name);
        return toWire(answer.records);
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
