import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FRESH,
  LONGEST_LINE,
  LONGEST_RESULT,
  step,
  TABLE,
  type Effect,
  type Input,
  type Listener,
  type ListenerState,
} from '../../../../../plugins/programs/eventlistener/protocol.ts';

/** A listener whose results are judged, and who is sent the next event, as soon as it may be. */
function listener({ isFed = false } = {}) {
  let now: Listener = FRESH;
  const results: string[] = [];
  let violation: string | undefined;
  const put = (input: Input): void => {
    const { listener: next, effect } = step(now, input);
    now = next;
    if (effect !== undefined) perform(effect);
    if (isFed && now.state === 'READY') put({ kind: 'sent' });
  };
  const perform = (effect: Effect): void => {
    if (effect.kind === 'violated') return void (violation = effect.reason);
    results.push(Buffer.from(effect.result).toString());
    return put({ kind: 'judged' });
  };
  return {
    sent: () => put({ kind: 'sent' }),
    says: (...pieces: (string | Uint8Array)[]) => {
      for (const piece of pieces) put({ kind: 'heard', bytes: Buffer.from(piece) });
    },
    get state() {
      return now.state;
    },
    get pending() {
      return now.pending.length;
    },
    get violation() {
      return violation;
    },
    results,
  };
}

test('a listener says READY, is sent an event, says its result, and is READY again', () => {
  const lis = listener();
  expect(lis.state).toBe('ACKNOWLEDGED');
  lis.says('READY\n');
  expect(lis.state).toBe('READY');
  lis.sent();
  expect(lis.state).toBe('BUSY');
  lis.says('RESULT 2\nOK');
  expect(lis.state).toBe('ACKNOWLEDGED');
  lis.says('READY\n');
  expect(lis.state).toBe('READY');
  expect(lis.results).toEqual(['OK']);
});

test('a result may be followed by READY in the same breath', () => {
  const lis = listener();
  lis.says('READY\n');
  lis.sent();
  lis.says('RESULT 4\nFAILREADY\n');
  expect(lis).toMatchObject({ state: 'READY', results: ['FAIL'] });
});

describe('it breaks the protocol with', () => {
  test.each([
    {
      what: 'something else at the start',
      says: 'HELLO THERE\n',
      at: 'ACKNOWLEDGED',
      why: 'wrote "HELLO THERE\\n" instead of READY',
    },
    { what: 'a byte that READY does not have', says: 'RX', at: 'ACKNOWLEDGED', why: 'wrote "RX" instead of READY' },
    { what: 'READY in a DOS line', says: 'READY\r\n', at: 'ACKNOWLEDGED', why: 'wrote "READY\\r\\n" instead of READY' },
    { what: 'anything while it waits', says: 'x', at: 'READY', why: 'wrote "x" before it was sent an event' },
    { what: 'two times READY', says: 'READY\n', at: 'READY', why: 'wrote "READY\\n" before it was sent an event' },
    {
      what: 'READY while it is busy',
      says: 'READY\n',
      at: 'BUSY',
      why: "bad result line: 'READY'",
    },
    {
      what: 'a length that is no number',
      says: 'RESULT xyz\nOK',
      at: 'BUSY',
      why: "bad result line: 'RESULT xyz'",
    },
    {
      what: 'a negative length',
      says: 'RESULT -1\n',
      at: 'BUSY',
      why: "bad result line: 'RESULT -1'",
    },
    { what: 'more after its result', says: 'RESULT 2\nOK\n', at: 'BUSY', why: 'wrote "\\n" instead of READY' },
  ])('$what', ({ says, at, why }) => {
    const lis = listener();
    if (at !== 'ACKNOWLEDGED') lis.says('READY\n');
    if (at === 'BUSY') lis.sent();
    expect(lis.state).toBe(at);
    lis.says(says);
    expect(lis).toMatchObject({ state: 'UNKNOWN', violation: why, pending: 0 });
  });

  test('a line that does not end', () => {
    const lis = listener({ isFed: true });
    lis.says('READY\n', 'RESULT '.padEnd(LONGEST_LINE - 1, '1'));
    expect(lis.state).toBe('BUSY');
    lis.says('1');
    expect(lis.state).toBe('UNKNOWN');
  });

  test('a result that would fill the memory', () => {
    const lis = listener({ isFed: true });
    lis.says('READY\n', `RESULT ${LONGEST_RESULT}\n`);
    expect(lis.state).toBe('BUSY');
    const wild = listener({ isFed: true });
    wild.says('READY\n', `RESULT ${LONGEST_RESULT + 1}\n`);
    expect(wild.state).toBe('UNKNOWN');
  });
});

test('an UNKNOWN listener is not listened to, whatever it says', () => {
  const lis = listener();
  lis.says('oops', 'READY\n', 'RESULT 2\nOK');
  expect(lis).toMatchObject({ state: 'UNKNOWN', results: [], pending: 0 });
});

test.each(['RESULT 2\nOK', 'RESULT  2\nOK', 'RESULT 2 \nOK', 'RESULT 2\r\nOK', 'RESULT 02\nOK'])(
  'white space and zeros around a length do not matter: %j',
  (says) => {
    const lis = listener({ isFed: true });
    lis.says('READY\n', says);
    expect(lis).toMatchObject({ state: 'ACKNOWLEDGED', results: ['OK'] });
  },
);

test('a result of no bytes is one', () => {
  const lis = listener({ isFed: true });
  lis.says('READY\n', 'RESULT 0\n');
  expect(lis).toMatchObject({ state: 'ACKNOWLEDGED', results: [''] });
});

test('every hole of the table is reported as a bug of the caller', () => {
  const inputs: Input[] = [{ kind: 'heard', bytes: Buffer.from('') }, { kind: 'sent' }, { kind: 'judged' }];
  const states: ListenerState[] = ['ACKNOWLEDGED', 'READY', 'BUSY', 'UNKNOWN'];
  const holes = states.flatMap((state) =>
    inputs.filter(({ kind }) => TABLE[state][kind] === undefined).map((input) => ({ state, input })),
  );
  expect(holes.map(({ state, input }) => `${state} ${input.kind}`)).toEqual([
    'ACKNOWLEDGED sent',
    'ACKNOWLEDGED judged',
    'READY judged',
    'BUSY sent',
    'UNKNOWN sent',
    'UNKNOWN judged',
  ]);
  for (const { state, input } of holes) {
    expect(() => step({ ...FRESH, state }, input)).toThrow(`cannot be ${input.kind} while ${state}`);
  }
});

describe('however the bytes are cut into pieces,', () => {
  /** The same bytes whole, and in pieces. */
  const cut = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
    const at = [0, ...cuts.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
  };

  test('results are those that were said', () => {
    const turns = fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.array(fc.nat())));
    const said = fc.property(turns, (turns) => {
      const lis = listener({ isFed: true });
      lis.says('READY\n');
      for (const [text, cuts] of turns) {
        const result = Buffer.from(text);
        lis.says(...cut(Buffer.from(`RESULT ${result.length}\n${result.toString()}READY\n`), cuts));
      }
      expect(lis.results).toEqual(turns.map(([text]) => Buffer.from(text).toString()));
      expect(lis.state).toBe('BUSY');
    });
    fc.assert(said);
  });

  test('nonsense is nonsense, and sense is sense', () => {
    const outcome = (pieces: Uint8Array[], isBusy: boolean): object => {
      const lis = listener();
      if (isBusy) lis.says('READY\n');
      if (isBusy) lis.sent();
      lis.says(...pieces);
      return { state: lis.state, results: lis.results, isBroken: lis.violation !== undefined };
    };
    const words = fc.constantFrom('READY\n', 'RESULT ', '2\n', 'OK', '\n', '0', 'x', 'RESULT 2\nOK', 'RESULT 3\n');
    const same = fc.property(fc.array(words), fc.array(fc.nat()), fc.boolean(), (words, cuts, isBusy) => {
      const bytes = Buffer.from(words.join(''));
      expect(outcome(cut(bytes, cuts), isBusy)).toEqual(outcome([bytes], isBusy));
    });
    fc.assert(same, { numRuns: 1_000 });
  });
});
