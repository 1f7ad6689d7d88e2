import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { expand, inheritedEnvironment } from '../../../core/index.ts';
import { bytesOf, hasRawBytes, pathOf, textFromBytes } from '../../../core/spawn/bytes.ts';

describe('bytes in strings', () => {
  property.prop([fc.uint8Array()])('whatever bytes there are come back', (bytes) => {
    expect(bytesOf(textFromBytes(bytes))).toEqual(Buffer.from(bytes));
  });

  property.prop([fc.string({ unit: 'grapheme' })])('valid text is not changed', (text) => {
    expect(textFromBytes(Buffer.from(text))).toBe(text);
    expect(hasRawBytes(text)).toBe(false);
  });

  test('a byte that is not UTF-8 is one lone surrogate, and a path of it a Buffer', () => {
    expect(textFromBytes(Buffer.from('caf\xe9!', 'latin1'))).toBe('caf\udce9!');
    expect(pathOf('caf\udce9')).toEqual(Buffer.from('caf\xe9', 'latin1'));
    expect(pathOf('café')).toBe('café');
  });
});

describe('the inherited environment', () => {
  const original = Buffer.from('A=1\0B=caf\xe9\0C=caf\xe9\0D=x\0n\xe9=1\0A=2\0', 'latin1');

  test('has the bytes that the daemon was started with, and what was changed since', () => {
    const env = { A: '1', B: 'caf\ufffd', C: 'changed', E: 'new' }; // D was deleted
    expect(inheritedEnvironment(env, original)).toEqual({
      A: '1',
      B: 'caf\udce9',
      C: 'changed',
      E: 'new',
      'n\udce9': '1',
    });
  });

  test('without /proc is what Node has', () => {
    expect(inheritedEnvironment({ A: '1', B: undefined }, new Uint8Array())).toEqual({ A: '1' });
  });

  test('a value that is not UTF-8 is refused by name where a configuration would have to carry it', () => {
    expect(expand('/srv/%(ENV_HOME)s', [new Map([['ENV_HOME', 'caf\udce9']])])).toEqual({
      kind: 'malformed',
      reason: 'ENV_HOME holds bytes that are not UTF-8, which a configuration cannot carry',
    });
  });
});
