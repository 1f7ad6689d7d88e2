import * as fc from 'fast-check';
import type { XmlRpcValue } from '../../../../../plugins/control/rpc/xmlrpc/index.ts';

/** Text of characters that XML 1.0 can carry, markup and line ends often among them. */
export const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(
    fc.constantFrom('<', '>', '&', '\r', '\n', '\t', ' ', ']]>', '"', "'", 'é', '漢', '😀', '\u0085', '\u2028'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter(isXmlText),
  ),
  maxLength: 12,
});

function isXmlText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- what XML 1.0 cannot carry
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text);
}

const scalar: fc.Arbitrary<XmlRpcValue> = fc.oneof(
  anyText,
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 120 }),
  fc
    .integer({ min: Date.UTC(1000, 0) / 1000, max: Date.UTC(9999, 11, 31) / 1000 })
    .map((seconds) => new Date(seconds * 1000)),
);

/** Everything that XML-RPC can carry, structs with awkward member names included. */
export const anyValue: fc.Arbitrary<XmlRpcValue> = fc.letrec<{ value: XmlRpcValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', '')), tie('value'), {
      maxKeys: 4,
      noNullPrototype: false,
    }),
  ),
})).value;
