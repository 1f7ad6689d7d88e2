import { expect, test } from 'vitest';
import { RpcFault } from '../../../../../plugins/control/rpc/faults.ts';
import { traced } from '../../../../../plugins/control/rpc/registry.ts';

const CALLER = { user: undefined, role: 'admin' } as const;

test('every call is traced with its outcome, in the words of Supervisor', async () => {
  const lines: string[] = [];
  const dispatch = traced(
    (name) => {
      if (name === 'good') return Promise.resolve(true);
      return Promise.reject(name === 'bad' ? new RpcFault('BAD_NAME', 'web') : new TypeError('a mistake'));
    },
    (text) => lines.push(text),
  );
  await dispatch('good', [], CALLER);
  await expect(dispatch('bad', [], CALLER)).rejects.toThrow(RpcFault);
  await expect(dispatch('broken', [], CALLER)).rejects.toThrow(TypeError);
  expect(lines).toEqual([
    'XML-RPC method called: good()',
    'XML-RPC method good() returned successfully',
    'XML-RPC method called: bad()',
    'XML-RPC method bad() returned fault: [10] BAD_NAME: web',
    'XML-RPC method called: broken()',
  ]);
});
