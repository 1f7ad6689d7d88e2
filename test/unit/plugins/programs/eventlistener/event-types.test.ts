import { expect, test } from 'vitest';
import { reachedBy, SUPERTYPES } from '../../../../../plugins/programs/eventlistener/event-types.ts';
import { EVENT_NAMES, type EventName } from '../../../../../plugins/programs/eventlistener/options.ts';

test('every supertype is the beginning of the names of its kinds', () => {
  const odd = EVENT_NAMES.filter((name) => {
    const supertype = SUPERTYPES[name];
    return supertype !== undefined && supertype !== 'EVENT' && !name.startsWith(`${supertype}_`);
  });
  expect(odd).toEqual([]);
});

test.each<{ subscribed: EventName[]; reached: readonly EventName[] }>([
  { subscribed: ['EVENT'], reached: EVENT_NAMES },
  { subscribed: ['TICK_60'], reached: ['TICK_60'] },
  { subscribed: ['TICK'], reached: ['TICK', 'TICK_5', 'TICK_60', 'TICK_3600'] },
  {
    subscribed: ['PROCESS_LOG', 'PROCESS_LOG_STDOUT'],
    reached: ['PROCESS_LOG', 'PROCESS_LOG_STDOUT', 'PROCESS_LOG_STDERR'],
  },
  {
    subscribed: ['PROCESS_STATE'],
    reached: EVENT_NAMES.filter((name) => name.startsWith('PROCESS_STATE')),
  },
  { subscribed: [], reached: [] },
])('a subscription to $subscribed reaches its kinds, and nothing else', ({ subscribed, reached }) => {
  expect([...reachedBy(subscribed)].sort()).toEqual([...reached].sort());
});
