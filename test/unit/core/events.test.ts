import { expect, test } from 'vitest';
import { EventBus, type EventMap } from '../../../core/index.ts';

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
