import { expect, test } from 'vitest';
import { EventBus, type EventMap } from '../../../core/index.ts';
import { FakeClock } from '../../../core/testing/index.ts';

const added = (group: string): EventMap['group:added'] => ({ group });

test('a listener that throws hurts neither the emitter nor the others, and is reported by name with a count', () => {
  const bus = new EventBus();
  const got: string[] = [];
  const faults: EventMap['plugin:error'][] = [];
  bus.on('plugin:error', (fault) => void faults.push(fault));
  bus.on(
    'group:added',
    () => {
      throw new Error('boom');
    },
    'broken',
  );
  bus.on('group:added', ({ group }) => void got.push(group));
  bus.emit('group:added', added('a'));
  bus.emit('group:added', added('b'));
  expect(got).toEqual(['a', 'b']);
  expect(faults).toMatchObject([
    { plugin: 'broken', where: 'event group:added', count: 1 },
    { plugin: 'broken', where: 'event group:added', count: 2 },
  ]);
});

test('a reporter of faults that throws itself does not start over', () => {
  const bus = new EventBus();
  bus.on('plugin:error', () => {
    throw new Error('reporter');
  });
  bus.on('group:added', () => {
    throw new Error('boom');
  });
  expect(() => bus.emit('group:added', added('a'))).not.toThrow();
});

test('a listener that keeps failing is switched off, and a promise that rejects counts as a fault', async () => {
  const bus = new EventBus();
  const faults: EventMap['plugin:error'][] = [];
  const disabled: string[] = [];
  let calls = 0;
  bus.on('plugin:error', (fault) => void faults.push(fault));
  bus.on('plugin:disabled', ({ plugin }) => void disabled.push(plugin));
  const broken: () => unknown = async () => {
    calls += 1;
    throw new Error('later');
  };
  bus.on('group:added', broken, 'broken');
  for (let event = 0; event < 15; event += 1) {
    bus.emit('group:added', added('a'));
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(calls).toBe(10);
  expect(faults).toHaveLength(10);
  expect(disabled).toEqual(['broken']);
});

test('a listener that keeps the daemon from everything else for a second is reported, once', () => {
  const clock = new FakeClock();
  const bus = new EventBus(clock);
  const heldUp: EventMap['plugin:held-up'][] = [];
  bus.on('plugin:held-up', (call) => {
    heldUp.push(call);
    clock.advance(2_000); // a reporter may be slow, too, and is not reported to itself
  });
  bus.on('group:added', () => clock.advance(20_000), 'slow');
  bus.on('group:added', () => clock.advance(999), 'quick');
  bus.emit('group:added', added('a'));
  expect(heldUp).toEqual([{ plugin: 'slow', where: 'event group:added', tookMs: 20_000 }]);
});

test('the name * is refused: it would hear its own faults', () => {
  expect(() => new EventBus().on('*' as keyof EventMap, () => undefined)).toThrow("'*' is none");
});

test('subscribing returns its own undo', () => {
  const bus = new EventBus();
  const off = bus.on('group:added', () => undefined);
  expect(bus.hasListeners('group:added')).toBe(true);
  off();
  off();
  expect(bus.hasListeners('group:added')).toBe(false);
});

test('a payload cannot be changed by those who receive it', () => {
  const bus = new EventBus();
  const payload: { group: string } = { group: 'a' };
  bus.emit('group:added', payload);
  expect(() => (payload.group = 'b')).toThrow(TypeError);
});
