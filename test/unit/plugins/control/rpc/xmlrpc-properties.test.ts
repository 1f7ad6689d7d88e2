import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseCall,
  parseResponse,
  printCall,
  printResponse,
  XmlRpcSyntaxError,
} from '../../../../../plugins/control/rpc/xmlrpc/index.ts';
import { anyText, anyValue } from './xmlrpc-values.ts';

test('parse(print(x)) is x, for a call and for an answer', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 4 }), (params) => {
      expect(parseCall(printCall('supervisor.test', params))).toEqual({ method: 'supervisor.test', params });
      for (const value of params) expect(parseResponse(Buffer.from(printResponse(value)))).toEqual({ value });
    }),
  );
});

test('whatever text is printed, it is read back, at worst with U+FFFD where XML has no way to write a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const parsed = parseResponse(printResponse(text));
      expect('value' in parsed && typeof parsed.value === 'string' && parsed.value.length).toBe(text.length);
    }),
  );
});

test('a damaged message is read or refused, and never anything else', () => {
  const damage = fc.record({ at: fc.nat(), remove: fc.nat({ max: 8 }), insert: fc.oneof(anyText, fc.constant('<')) });
  fc.assert(
    fc.property(anyValue, fc.array(damage, { minLength: 1, maxLength: 3 }), (value, damages) => {
      let text = printResponse(value);
      for (const { at, remove, insert } of damages) {
        const start = at % (text.length + 1);
        text = text.slice(0, start) + insert + text.slice(start + remove);
      }
      expect(outcome(text)).toBe('as it should be');
    }),
    { numRuns: 1000 },
  );
});

function outcome(text: string): unknown {
  try {
    parseResponse(text);
  } catch (error) {
    if (!(error instanceof XmlRpcSyntaxError)) return error;
  }
  return 'as it should be';
}
