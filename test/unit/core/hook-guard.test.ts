import { describe, expect, test } from 'vitest';
import { FAULT_BUDGET } from '../../../core/fault-budget.ts';
import { createHookFactory } from '../../../core/hook-factory.ts';
import type { FaultReport } from '../../../core/hook-guard.ts';
import { FakeClock, settle } from '../../../core/testing/index.ts';

type Fault = Parameters<FaultReport>[0];

function factoryUnderTest() {
  const faults: Fault[] = [];
  const clock = new FakeClock();
  return { hook: createHookFactory({ clock, report: (fault) => void faults.push(fault) }), clock, faults };
}

const WITHIN = { deadlineMs: 1_000 };

describe('an advising hook', () => {
  function adviseUnderTest() {
    const { hook, ...rest } = factoryUnderTest();
    return { ...rest, hook: hook.bail<[number], string>('advise', ['n'], { onFault: 'pass' }) };
  }

  test('goes on to the next tap when one throws, and names the one that did', () => {
    const { hook, faults } = adviseUnderTest();
    hook.tap('broken', () => {
      throw new Error('boom');
    });
    hook.tap('sound', (n) => `answer ${n}`);
    expect(hook.call(1)).toBe('answer 1');
    expect(faults).toMatchObject([{ plugin: 'broken', where: 'hook advise', count: 1, disabled: false }]);
  });

  test('switches off a tap after its budget of faults in a row, and says so once', () => {
    const { hook, faults } = adviseUnderTest();
    let calls = 0;
    hook.tap('broken', () => {
      calls += 1;
      throw new Error('boom');
    });
    for (let call = 0; call < FAULT_BUDGET + 5; call += 1) hook.call(call);
    expect(calls).toBe(FAULT_BUDGET);
    expect(faults.map(({ disabled }) => disabled)).toEqual([...Array(FAULT_BUDGET - 1).fill(false), true]);
  });

  test('forgives a tap that succeeds in between', () => {
    const { hook, faults } = adviseUnderTest();
    hook.tap('shaky', (n) => {
      if (n % FAULT_BUDGET !== 0) throw new Error('boom');
      return 'ok';
    });
    for (let call = 0; call < FAULT_BUDGET * 3; call += 1) hook.call(call);
    expect(hook.call(FAULT_BUDGET * 3)).toBe('ok');
    expect(faults.every(({ disabled }) => !disabled)).toBe(true);
  });
});

describe('a protecting hook', () => {
  function protectUnderTest() {
    const { hook, ...rest } = factoryUnderTest();
    return { ...rest, hook: hook.asyncWaterfall<[string]>('protect', ['value'], { onFault: 'fail', ...WITHIN }) };
  }

  test('fails with the name of the tap and the original error as cause', async () => {
    const { hook } = protectUnderTest();
    const cause = new Error('no sandbox');
    hook.tap('sandbox', () => {
      throw cause;
    });
    await expect(hook.promise('x')).rejects.toMatchObject({
      code: 'TSV_TAP_FAILED',
      message: 'plugin sandbox failed in hook protect: no sandbox',
      cause,
    });
  });

  test('fails when a tap does not answer in time, and not before', async () => {
    const { hook, faults, clock } = protectUnderTest();
    hook.tapPromise('hanging', () => new Promise(() => undefined));
    const outcome = hook.promise('x').catch((error: Error) => error.message);
    clock.advance(999);
    await settle();
    expect(faults).toEqual([]);
    clock.advance(1);
    expect(await outcome).toContain('hanging did not answer hook protect within 1000 ms');
  });

  test('leaves no timer behind once a tap has answered', async () => {
    const { hook, clock } = protectUnderTest();
    hook.tapPromise('quick', async (value) => `${value}!`);
    expect(await hook.promise('x')).toBe('x!');
    await settle();
    expect(clock.pending).toBe(0);
  });

  test('is never switched off: what protects must hold on the hundredth start, too', async () => {
    const { hook, faults } = protectUnderTest();
    hook.tap('sandbox', () => {
      throw new Error('no');
    });
    for (let call = 0; call < FAULT_BUDGET * 2; call += 1) await hook.promise('x').catch(() => undefined);
    expect(faults).toHaveLength(FAULT_BUDGET * 2);
    expect(faults.some(({ disabled }) => disabled)).toBe(false);
  });

  test('keeps its value where a tap returns undefined, with any of the three ways to tap', async () => {
    const { hook } = protectUnderTest();
    hook.tap('sync', () => undefined as never);
    hook.tapPromise('promise', async (value) => `${value}b`);
    hook.tapAsync('callback', (value, done) => done(null, `${value}c`));
    expect(await hook.promise('a')).toBe('abc');
  });
});

test('an answer that the hook cannot take is a fault of the tap that gave it, and does not reach the next one', () => {
  const { hook: factory, faults } = factoryUnderTest();
  const accepts = (answer: unknown): boolean => typeof answer === 'string';
  const hook = factory.bail<[number], unknown>('advise', ['n'], { onFault: 'pass', accepts });
  hook.tap('rubbish', () => ({ signal: 42 }));
  hook.tap('null', () => null);
  hook.tap('sound', () => 'answer');
  expect(hook.call(1)).toBe('answer');
  expect(faults.map(({ plugin, error }) => [plugin, String(error)])).toEqual([
    ['rubbish', expect.stringContaining('gave hook advise an answer that it cannot take: an object with signal')],
    ['null', expect.stringContaining('cannot take: null')],
  ]);
});

test('a sync tap that returns a promise is told to use tapPromise: nobody would await it', async () => {
  const { hook: factory } = factoryUnderTest();
  const hook = factory.asyncSeries<[]>('start', [], { onFault: 'fail', ...WITHIN });
  const mistaken: () => unknown = () => Promise.reject(new Error('unseen'));
  hook.tap('mistaken', mistaken);
  await expect(hook.promise()).rejects.toThrow('use tapPromise');
});

test('a callback tap that reports an error, or reports nothing in time, counts as a fault', async () => {
  const { hook: factory, faults, clock } = factoryUnderTest();
  const hook = factory.asyncSeries<[]>('shutdown', [], { onFault: 'pass', ...WITHIN });
  hook.tapAsync('failing', (done) => done(new Error('no')));
  hook.tapAsync('silent', () => undefined);
  let isOver = false;
  const over = hook.promise().then(() => (isOver = true));
  await settle();
  clock.advance(1_000);
  await over;
  expect(isOver).toBe(true);
  expect(faults.map(({ plugin }) => plugin)).toEqual(['failing', 'silent']);
});

test('a tap that keeps the daemon from everything else for a second is reported, and what it awaits is not', async () => {
  const heldUp: object[] = [];
  const clock = new FakeClock();
  const reportHeldUp = (call: object): void => void heldUp.push(call);
  const factory = createHookFactory({ clock, report: () => undefined, reportHeldUp });
  const hook = factory.asyncSeries<[]>('start', [], { onFault: 'pass', deadlineMs: 100_000 });
  hook.tap('quick', () => clock.advance(999));
  hook.tap('slow', () => clock.advance(20_000));
  hook.tapPromise('slow-and-broken', () => {
    clock.advance(1_000);
    throw new Error('at last');
  });
  hook.tapPromise('waiting', async () => {
    await Promise.resolve();
    clock.advance(5_000); // here it stands for time that passes while others work
  });
  await hook.promise();
  expect(heldUp).toEqual([
    { plugin: 'slow', where: 'hook start', tookMs: 20_000 },
    { plugin: 'slow-and-broken', where: 'hook start', tookMs: 1_000 },
  ]);
});
