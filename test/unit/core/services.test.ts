import { expect, test } from 'vitest';
import { EventBus, Observers, service, Supervisor, type EventMap } from '../../../core/index.ts';
import { provides, stage } from '../../../core/testing/index.ts';

const greeter = service<{ greet(name: string): string }>('greeter');
const polite = { greet: (name: string) => `hello ${name}` };

test('a service is there for every plugin, in any order, and undefined where nobody provides it', async () => {
  const greeted: (string | undefined)[] = [];
  const user = {
    name: 'user',
    apply: (supervisor: Supervisor): void =>
      supervisor.hooks.start.tap('user', () => void greeted.push(supervisor.use(greeter)?.greet('you'))),
  };
  await stage([], [user, provides(greeter, polite)]);
  await stage([], [user]);
  expect(greeted).toEqual(['hello you', undefined]);
});

test('a service belongs to one supervisor', () => {
  const one = new Supervisor({ plugins: [provides(greeter, polite)] });
  expect([one.use(greeter), new Supervisor().use(greeter)]).toEqual([polite, undefined]);
});

test('a service that is provided twice is refused, with its name', () => {
  const second = { name: 'second', apply: (supervisor: Supervisor): void => supervisor.provide(greeter, polite) };
  expect(() => new Supervisor({ plugins: [provides(greeter, polite), second] })).toThrow(
    'plugin second cannot be applied: service greeter is provided already; leave out one of the two plugins',
  );
  const supervisor = new Supervisor();
  supervisor.provide(greeter, polite);
  expect(() => supervisor.provide(greeter, polite)).toThrow(expect.objectContaining({ code: 'TSV_SERVICE_TWICE' }));
});

test('a key of another copy of a module means the same service', () => {
  const supervisor = new Supervisor({ plugins: [provides(greeter, polite)] });
  expect(supervisor.use(service('greeter'))).toBe(polite);
});

test('an observer that throws hurts nobody, is reported, and is not called after ten faults in a row', () => {
  const events = new EventBus();
  const faults: EventMap['plugin:error'][] = [];
  events.on('plugin:error', (fault) => void faults.push(fault));
  const observers = new Observers<[number]>(events, 'output');
  const got: number[] = [];
  observers.add(() => {
    throw new Error('boom');
  }, 'broken');
  const off = observers.add((n) => void got.push(n), 'sound');
  for (let n = 0; n < 12; n += 1) observers.call(n);
  expect(got).toHaveLength(12);
  expect(faults.map(({ count }) => count)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(faults[0]).toMatchObject({ plugin: 'broken', where: 'observer of output' });
  off();
  off();
  expect(observers.isEmpty).toBe(true);
});
