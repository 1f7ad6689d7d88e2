import { expect, test } from 'vitest';
import { FAULTS, RpcFault } from '../../../../../plugins/control/rpc/faults.ts';
import { help, systemMethods } from '../../../../../plugins/control/rpc/methods/system.ts';
import { bytes, flag, int, list, signal, text } from '../../../../../plugins/control/rpc/parameters.ts';
import {
  alias,
  createDispatcher,
  method,
  MethodRegistry,
  type Method,
} from '../../../../../plugins/control/rpc/registry.ts';
import type { XmlRpcValue } from '../../../../../plugins/control/rpc/xmlrpc/index.ts';

const result = { type: 'string', doc: 'it' } as const;
const plain = { result, doc: 'Does.', effect: 'reads' } as const;
const caller = { user: undefined, role: 'admin' } as const;
const context = { cause: { by: 'client' }, user: undefined, role: 'admin' } as const;

const everything = method({
  ...plain,
  name: 'test.everything',
  params: [text('name', ''), int('count', ''), flag('wait', '', true)],
  call: ([name, count, wait]) => `${name} ${count} ${wait}`,
});

function callOf(one: Method, ...given: XmlRpcValue[]): unknown {
  try {
    return one.call(given, context);
  } catch (error) {
    return (error as Error).message;
  }
}

test('parameters arrive typed, with their defaults', () => {
  expect(callOf(everything, 'a', 3)).toBe('a 3 true');
  expect(callOf(everything, 'a', 3, false)).toBe('a 3 false');
});

test('too few and too many parameters are a plain fault 2', () => {
  expect(callOf(everything, 'a')).toBe('INCORRECT_PARAMETERS');
  expect(callOf(everything, 'a', 1, true, 1)).toBe('INCORRECT_PARAMETERS');
});

test.each([
  [text('p', ''), 'x', 'x'],
  [text('p', ''), new Uint8Array([0xe2, 0x82, 0xac]), '€'],
  [text('p', ''), 1, undefined],
  [text('p', ''), null, undefined],
  [text('p', ''), ['x'], undefined],
  [int('p', ''), 5, 5],
  [int('p', ''), -5, -5],
  [int('p', ''), '7', 7],
  [int('p', ''), 7.9, 7],
  [int('p', ''), NaN, undefined],
  [int('p', ''), 'x', undefined],
  [int('p', ''), true, undefined],
  [flag('p', '', true), false, false],
  [flag('p', '', true), 0, false],
  [flag('p', '', true), 1, true],
  [flag('p', '', true), 'no', undefined],
  [signal('p', ''), 9, '9'],
  [signal('p', ''), 'HUP', 'HUP'],
  [signal('p', ''), true, undefined],
  [list('p', ''), [1], [1]],
  [list('p', ''), {}, []],
  [list('p', ''), { a: 1 }, undefined],
  [list('p', ''), 'x', undefined],
] as const)('%j takes %j for %j', (parameter, given, expected) => {
  expect(parameter.read(given)).toEqual(expected);
});

test('what is sent to stdin is text or bytes, and the fault names the value alone', () => {
  expect(Buffer.from(bytes('p', '').read('ü') ?? []).toString('hex')).toBe('c3bc');
  expect(bytes('p', '').read(new Uint8Array([255]))).toEqual(new Uint8Array([255]));
  expect(() => bytes('p', '').read(42)).toThrow('INCORRECT_PARAMETERS: 42');
});

test('a wrong type says which parameter, what is wanted and what came, shortened', () => {
  expect(callOf(everything, 1, 1)).toBe('INCORRECT_PARAMETERS: name must be a string, not 1');
  expect(callOf(everything, 'a', 'x'.repeat(200))).toMatch(
    /^INCORRECT_PARAMETERS: count must be an int, not "x{76}\.\.\.$/,
  );
});

test('a name is taken once and has exactly two parts', () => {
  const registry = new MethodRegistry();
  registry.add(everything);
  expect(() => registry.add(everything)).toThrow('already');
  for (const name of ['x', 'a.b.c', 'a._b', '_a.b', 'a.', '.b', 'a b.c']) {
    expect(() => registry.add(alias(name, everything))).toThrow('not namespace.method');
  }
});

function dispatcher(...methods: Method[]) {
  const registry = new MethodRegistry();
  const reported: string[] = [];
  let isEnding = false;
  const dispatch = createDispatcher(registry, {
    isEnding: () => isEnding,
    report: (name, error) => void reported.push(`${name}: ${(error as Error).message}`),
  });
  registry.add(...methods, ...systemMethods(registry, dispatch));
  return {
    registry,
    dispatch,
    reported,
    end: () => (isEnding = true),
    call: (name: string, ...params: XmlRpcValue[]) =>
      dispatch(name, params, caller).catch((error: RpcFault) => `${error.code} ${error.message}`),
  };
}

test('only what is registered can be called', async () => {
  const { call } = dispatcher(everything);
  expect(await call('test.everything', 'a', 1)).toBe('a 1 true');
  for (const name of ['', 'test', 'test.', 'test.toString', '__proto__.x', 'constructor.name', 'TEST.everything']) {
    expect(await call(name)).toBe('1 UNKNOWN_METHOD');
  }
});

test('while the daemon ends, methods that do not say otherwise are refused', async () => {
  const { call, end } = dispatcher(everything);
  end();
  expect(await call('test.everything', 'a', 1)).toBe('6 SHUTDOWN_STATE');
  expect(await call('system.listMethods')).toContain('test.everything');
});

test('a method that breaks is the fault FAILED, and is reported', async () => {
  const breaks = method({ ...plain, name: 'test.breaks', call: () => Promise.reject(new Error('in two')) });
  const { call, reported } = dispatcher(breaks);
  expect(await call('test.breaks')).toBe('30 FAILED: in two');
  expect(reported).toEqual(['test.breaks: in two']);
});

test('a call carries who asked for what', async () => {
  const who = method({ ...plain, name: 'test.who', call: (_, { cause }) => `${cause.by} ${cause.detail}` });
  const { call } = dispatcher(who);
  expect(await call('test.who')).toBe('client test.who');
});

test('introspection says what the declaration says', async () => {
  const { call, registry } = dispatcher(everything);
  expect(await call('system.listMethods')).toEqual([
    'system.listMethods',
    'system.methodHelp',
    'system.methodSignature',
    'system.multicall',
    'test.everything',
  ]);
  expect(await call('system.methodSignature', 'test.everything')).toEqual(['string', 'string', 'int', 'boolean']);
  expect(await call('system.methodSignature', 'no.such')).toBe('4 SIGNATURE_UNSUPPORTED');
  expect(await call('system.methodHelp', 'no.such')).toBe('4 SIGNATURE_UNSUPPORTED');
  for (const one of registry.all) expect(help(one)).toMatch(/\n@return \w+ /);
});

test('multicall refuses what would make an answer without end', async () => {
  const big = method({ ...plain, name: 'test.big', call: () => 'x'.repeat(2 ** 22) });
  const { call } = dispatcher(big);
  const results = (await call(
    'system.multicall',
    Array.from({ length: 4 }, () => ({ methodName: 'test.big' })),
  )) as XmlRpcValue[];
  expect(results.map((one) => (typeof one === 'string' ? 'text' : one))).toEqual([
    'text',
    'text',
    expect.objectContaining({ faultCode: FAULTS.FAILED }),
    expect.objectContaining({ faultCode: FAULTS.FAILED }),
  ]);
});

test('multicall waits for one call before it makes the next', async () => {
  const order: string[] = [];
  const slow = method({
    ...plain,
    name: 'test.slow',
    params: [text('name', '')],
    call: async ([name]) => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
      return name;
    },
  });
  const { call } = dispatcher(slow);
  const one = (name: string) => ({ methodName: 'test.slow', params: [name] });
  expect(await call('system.multicall', [one('a'), one('b')])).toEqual(['a', 'b']);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a fault has its code and its text', () => {
  expect(new RpcFault('BAD_NAME', 'a:*')).toMatchObject({ code: 10, message: 'BAD_NAME: a:*' });
  expect(new RpcFault('FAILED')).toMatchObject({ code: 30, message: 'FAILED' });
  expect(new RpcFault({ code: 999, name: 'OWN' }, 'x')).toMatchObject({ code: 999, message: 'OWN: x' });
});

test('an account that may only look is refused what changes something, each call of a multicall by itself', async () => {
  const changes = method({ ...plain, name: 'test.changes', effect: 'changes', call: () => 'done' });
  const { dispatch } = dispatcher(everything, changes);
  const viewer = { user: 'eve', role: 'viewer' } as const;
  expect(await dispatch('test.everything', ['a', 1], viewer)).toBe('a 1 true');
  await expect(dispatch('test.changes', [], viewer)).rejects.toMatchObject({
    code: FAULTS.FORBIDDEN,
    message: 'FORBIDDEN: an account that may only look cannot call test.changes',
  });
  const calls = [{ methodName: 'test.changes' }, { methodName: 'test.everything', params: ['b', 2] }];
  expect(await dispatch('system.multicall', [calls], viewer)).toEqual([
    { faultCode: 403, faultString: 'FORBIDDEN: an account that may only look cannot call test.changes' },
    'b 2 true',
  ]);
  expect(await dispatch('system.multicall', [calls], caller)).toEqual(['done', 'b 2 true']);
});

test('what many multicalls collect at the same time is bounded', async () => {
  let made = 0;
  const call = (): string => {
    made += 1;
    return 'x'.repeat(2 ** 20);
  };
  const { dispatch } = dispatcher(method({ ...plain, name: 'test.large', call }), everything);
  // The last call of each is a small one, so that none is done before all have collected what they get.
  const large = { methodName: 'test.large' };
  const calls = [...Array.from({ length: 7 }, () => large), { methodName: 'test.everything', params: ['a', 1] }];
  await Promise.all(Array.from({ length: 50 }, () => dispatch('system.multicall', [calls], caller)));
  expect(made).toBe(32);
  // Nothing of it is remembered.
  expect(await dispatch('system.multicall', [[large]], caller)).toEqual(['x'.repeat(2 ** 20)]);
});
