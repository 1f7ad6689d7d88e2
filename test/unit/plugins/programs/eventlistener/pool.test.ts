import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pool, type Event, type PoolNotice } from '../../../../../plugins/programs/eventlistener/pool.ts';

/** A pool with listeners that only exist here. */
function poolOf(names: readonly string[], { bufferSize = 10 } = {}) {
  const news: PoolNotice[] = [];
  const states: string[] = [];
  const sent: { to: string; text: string }[] = [];
  const down = new Set<string>();
  const closed = new Set<string>();
  let largest = Infinity;
  let serial = 10;
  const pool = new Pool({
    name: 'lis',
    server: 'my-id',
    bufferSize,
    judge: ({ result }) => Buffer.from(result).toString() === 'OK',
    report: (item) => news.push(item),
    changed: (process, from, to) => states.push(`${process}: ${from} -> ${to}`),
  });
  for (const name of names) {
    pool.join({
      name,
      canReceive: () => !down.has(name),
      send: (bytes) => {
        if (closed.has(name)) return 'closed';
        if (bytes.length > largest) return 'full';
        sent.push({ to: name, text: Buffer.from(bytes).toString() });
        return 'queued';
      },
    });
  }
  return {
    pool,
    news,
    states,
    sent,
    down,
    closed,
    limit: (bytes: number) => (largest = bytes),
    says: (name: string, text: string) => pool.received(name, Buffer.from(text)),
    happens: (payload: string): Event => {
      const event: Event = { type: 'REMOTE_COMMUNICATION', payload, serial: serial++ };
      pool.accept(event);
      return event;
    },
    bodies: () => sent.map(({ text }) => text.slice(text.indexOf('\n') + 1)),
    serials: () => sent.map(({ text }) => Number(/poolserial:(\d+)/.exec(text)?.[1])),
    kinds: () => news.map(({ kind }) => kind),
  };
}

test('what a listener that leaves the pool was busy with is sent to another, and nothing more to it', () => {
  const { pool, says, happens, sent } = poolOf(['a', 'b']);
  says('a', 'READY\n');
  happens('one');
  pool.leave('a');
  says('a', 'READY\n');
  says('b', 'READY\n');
  expect(sent.map(({ to }) => to)).toEqual(['a', 'b']);
  expect(pool.statusOf('a')).toBeUndefined();
});

test('an event is sent to a listener that is ready, with a header that says all about it', () => {
  const { says, happens, sent } = poolOf(['a']);
  says('a', 'READY\n');
  happens('type:n\nbody');
  expect(sent).toEqual([
    {
      to: 'a',
      text: 'ver:3.0 server:my-id serial:10 pool:lis poolserial:0 eventname:REMOTE_COMMUNICATION len:11\ntype:n\nbody',
    },
  ]);
});

test.each([
  { payload: '', length: 0 },
  { payload: 'äöü', length: 3 },
  { payload: '€', length: 1 },
  { payload: '😀!', length: 2 },
  { payload: '\ud83d alone', length: 7 },
])('the length counts characters, not bytes: $payload', ({ payload, length }) => {
  const { says, happens, sent } = poolOf(['a']);
  says('a', 'READY\n');
  happens(payload);
  expect(sent[0]?.text).toMatch(new RegExp(` len:${length}\\n`));
});

test('events wait until a listener is ready, and come in order', () => {
  const { says, happens, bodies, serials, pool } = poolOf(['a']);
  for (const body of ['1', '2', '3']) happens(body);
  expect(bodies()).toEqual([]);
  expect(pool.buffered).toBe(3);
  says('a', 'READY\n');
  expect(bodies()).toEqual(['1']);
  says('a', 'RESULT 2\nOKREADY\n');
  says('a', 'RESULT 2\nOKREADY\n');
  expect(bodies()).toEqual(['1', '2', '3']);
  expect(serials()).toEqual([0, 1, 2]);
});

test('a listener that is ready gets nothing while its process is not RUNNING', () => {
  const { says, happens, bodies, down, pool } = poolOf(['a']);
  down.add('a');
  says('a', 'READY\n');
  happens('1');
  expect(bodies()).toEqual([]);
  down.clear();
  pool.dispatch();
  expect(bodies()).toEqual(['1']);
});

test('each event is for one listener of the pool', () => {
  const { says, happens, sent, bodies } = poolOf(['a', 'b', 'c']);
  for (const name of ['c', 'a', 'b']) says(name, 'READY\n');
  for (const body of ['1', '2', '3', '4']) happens(body);
  expect(sent.map(({ to }) => to)).toEqual(['a', 'b', 'c']);
  says('b', 'RESULT 2\nOKREADY\n');
  expect(sent.at(-1)?.to).toBe('b');
  expect(bodies()).toEqual(['1', '2', '3', '4']);
});

describe('an event that is rejected', () => {
  test('is sent again with the same serials, ahead of later ones', () => {
    const { says, happens, sent, news } = poolOf(['a']);
    says('a', 'READY\n');
    happens('1');
    happens('2');
    says('a', 'RESULT 4\nFAILREADY\n');
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    expect(news).toContainEqual(expect.objectContaining({ kind: 'rejected', process: 'a' }));
    says('a', 'RESULT 2\nOKREADY\n');
    expect(sent.at(-1)?.text).toMatch(/poolserial:1 .*\n2$/);
  });

  test('may go to another listener', () => {
    const { says, happens, sent } = poolOf(['a', 'b']);
    says('a', 'READY\n');
    says('b', 'READY\n');
    happens('1');
    says('a', 'RESULT 4\nFAIL');
    expect(sent.map(({ to }) => to)).toEqual(['a', 'b']);
  });
});

test('an event whose listener dies over it is sent again', () => {
  const { says, happens, sent, pool } = poolOf(['a']);
  says('a', 'READY\n');
  happens('1');
  happens('2');
  says('a', 'RESU');
  pool.reset('a');
  expect(sent).toHaveLength(1);
  says('a', 'READY\n');
  expect(sent[1]).toEqual(sent[0]);
});

test('an event that was accepted is not sent again when its listener dies', () => {
  const { says, happens, sent, pool } = poolOf(['a']);
  says('a', 'READY\n');
  happens('1');
  says('a', 'RESULT 2\nOK');
  pool.reset('a');
  says('a', 'READY\n');
  expect(sent).toHaveLength(1);
});

test('a listener that breaks the protocol hears no more, and its event is for others', () => {
  const { says, happens, sent, news, pool } = poolOf(['a', 'b']);
  says('a', 'READY\n');
  happens('1');
  says('a', 'HELLO THERE\n');
  expect(news.at(-1)).toEqual({
    kind: 'violated',
    process: 'a',
    reason: "bad result line: 'HELLO THERE'",
  });
  expect(pool.statusOf('a')).toEqual({ state: 'UNKNOWN', why: "bad result line: 'HELLO THERE'" });
  says('a', 'READY\n');
  says('b', 'READY\n');
  expect(sent.map(({ to }) => to)).toEqual(['a', 'b']);
  pool.reset('a');
  expect(pool.statusOf('a')).toEqual({ state: 'ACKNOWLEDGED', why: undefined });
});

describe('a full buffer', () => {
  test('loses its oldest event', () => {
    const { says, happens, bodies, serials, news, pool } = poolOf(['a'], { bufferSize: 3 });
    says('a', 'READY\n');
    for (const body of ['0', '1', '2', '3', '4', '5', '6']) happens(body);
    expect(news.flatMap((item) => (item.kind === 'dropped' ? item.event.payload : []))).toEqual(['1', '2', '3']);
    expect(pool.dropped).toBe(3);
    for (let n = 0; n < 3; n += 1) says('a', 'RESULT 2\nOKREADY\n');
    expect(bodies()).toEqual(['0', '4', '5', '6']);
    expect(serials()).toEqual([0, 4, 5, 6]);
  });

  test('makes room for an event that comes back', () => {
    const { says, happens, bodies, pool } = poolOf(['a'], { bufferSize: 2 });
    says('a', 'READY\n');
    for (const body of ['0', '1', '2']) happens(body);
    says('a', 'RESULT 4\nFAILREADY\n');
    expect(bodies()).toEqual(['0', '0']);
    expect(pool).toMatchObject({ dropped: 1, buffered: 1 });
  });
});

test('a listener that closed its stdin is passed over', () => {
  const { says, happens, sent, closed, pool } = poolOf(['a', 'b']);
  says('a', 'READY\n');
  closed.add('a');
  happens('1');
  expect(pool.buffered).toBe(1);
  says('b', 'READY\n');
  expect(sent.map(({ to }) => to)).toEqual(['b']);
});

test('an event that no stdin can take is dropped, and does not keep the others waiting', () => {
  const { says, happens, bodies, news, limit } = poolOf(['a']);
  limit(1_000);
  happens('x'.repeat(2_000));
  happens('small');
  says('a', 'READY\n');
  expect(bodies()).toEqual(['small']);
  expect(news[0]).toMatchObject({ kind: 'dropped', why: 'size', dropped: 1 });
});

test('an event that happens because of another one is sent, too, and only once', () => {
  const { pool, sent } = poolOf([]);
  let nested = false;
  for (const name of ['a', 'b']) {
    pool.join({
      name,
      canReceive: () => true,
      send: (bytes) => {
        sent.push({ to: name, text: Buffer.from(bytes).toString() });
        if (!nested) {
          nested = true;
          pool.accept({ type: 'TICK_5', payload: 'second', serial: 2 });
        }
        return 'queued';
      },
    });
    pool.received(name, Buffer.from('READY\n'));
  }
  pool.accept({ type: 'TICK_5', payload: 'first', serial: 1 });
  expect(sent.map(({ to, text }) => [to, /\n(.*)$/.exec(text)?.[1]])).toEqual([
    ['a', 'first'],
    ['b', 'second'],
  ]);
});

test('whatever listeners do, an event is accepted at most once, dropped, or still on its way: none is lost or doubled', () => {
  const acts = fc.constantFrom('event', 'ready', 'ok', 'fail', 'die', 'garbage');
  const acting = fc.tuple(acts, fc.constantFrom('a', 'b', 'c'));
  const never = fc.property(fc.array(acting, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (acts, bufferSize) => {
    const { pool, news, says, happens } = poolOf(['a', 'b', 'c'], { bufferSize });
    const state = (name: string) => pool.statusOf(name)?.state;
    let happened = 0;
    for (const [act, name] of acts) {
      if (act === 'event') happened += happens('x') ? 1 : 0;
      if (act === 'die') pool.reset(name);
      if (act === 'garbage') says(name, 'garbage\n');
      if (act === 'ready' && state(name) === 'ACKNOWLEDGED') says(name, 'READY\n');
      if (act === 'ok' && state(name) === 'BUSY') says(name, 'RESULT 2\nOK');
      if (act === 'fail' && state(name) === 'BUSY') says(name, 'RESULT 4\nFAIL');
    }
    const serialsOf = (kind: string) =>
      news.flatMap((item) => (item.kind === kind && 'event' in item ? item.event.serial : []));
    const ended = [...serialsOf('accepted'), ...serialsOf('dropped')];
    const busy = ['a', 'b', 'c'].filter((name) => state(name) === 'BUSY').length;
    expect(new Set(ended).size).toBe(ended.length);
    expect(ended.length + pool.buffered + busy).toBe(happened);
    expect(pool.buffered).toBeLessThanOrEqual(bufferSize);
  });
  fc.assert(never, { numRuns: 500 });
});

test('each change of a state is announced, also where a result and the next READY come in one piece', () => {
  const { pool, says, happens, states } = poolOf(['a']);
  says('a', 'READY\n');
  happens('x');
  says('a', 'RESULT 2\nOKREADY\n');
  says('a', 'nonsense');
  expect(states).toEqual([
    'a: ACKNOWLEDGED -> READY',
    'a: READY -> BUSY',
    'a: BUSY -> ACKNOWLEDGED',
    'a: ACKNOWLEDGED -> READY',
    'a: READY -> UNKNOWN',
  ]);
  expect(pool.statusOf('a')?.state).toBe('UNKNOWN');
});
