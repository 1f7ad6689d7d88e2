import { setImmediate as nextTurn } from 'node:timers/promises';
import { namespec, type Process } from '../../core/index.ts';
import { FAULTS, RpcFault } from './faults.ts';
import type { XmlRpcStruct } from './xmlrpc/index.ts';

/** What is done to each of many processes. */
export interface Action {
  readonly appliesTo: (process: Process) => boolean;
  /** Resolves as soon as the next one may begin; `done` may be a long time off. Both may fail with an RpcFault. */
  readonly begin: (process: Process, name: string) => Promise<{ readonly done: Promise<unknown> }>;
}

/**
 * Does something to many processes and tells how each went, in the order in which they were done: clients print it so.
 * A fault of one is its result, and no reason for the others to stop.
 */
export async function outcomes(processes: readonly Process[], { appliesTo, begin }: Action): Promise<XmlRpcStruct[]> {
  const results: XmlRpcStruct[] = [];
  const pending: Promise<void>[] = [];
  for (const process of processes) {
    if (!appliesTo(process)) continue;
    const told = (status: number, description: string): void => {
      results.push({ name: process.name, group: process.group, status, description });
    };
    const failed = (error: unknown): void => {
      if (!(error instanceof RpcFault)) throw error;
      told(error.code, error.message);
    };
    try {
      const { done } = await begin(process, namespec(process));
      pending.push(done.then(() => told(FAULTS.SUCCESS, 'OK'), failed));
    } catch (error) {
      failed(error);
    }
    await nextTurn(); // others are served between two spawns
  }
  await Promise.all(pending);
  return results;
}
