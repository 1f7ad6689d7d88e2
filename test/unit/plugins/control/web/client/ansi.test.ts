import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { inked, PLAIN } from '../../../../../../plugins/control/web/client/ansi.ts';

const spansOf = (line: string) => inked(line, PLAIN).spans.map(({ text, className }) => [text, className]);
const textOf = (line: string): string =>
  inked(line, PLAIN)
    .spans.map(({ text }) => text)
    .join('');

describe('colours of a terminal', () => {
  test('become class names, each until it is changed', () => {
    expect(spansOf('a\u001b[31mb\u001b[1;44mc\u001b[0md')).toEqual([
      ['a', ''],
      ['b', 'ink-1'],
      ['c', 'ink-1 paper-4 bold'],
      ['d', ''],
    ]);
  });

  test.each([
    ['\u001b[91mx', 'ink-9'],
    ['\u001b[103mx', 'paper-11'],
    ['\u001b[38;5;9mx', 'ink-9'],
    ['\u001b[38;5;196mx', 'ink-9'],
    ['\u001b[38;5;244mx', 'ink-7'],
    ['\u001b[38;2;0;128;0mx', 'ink-2'],
    ['\u001b[38:2::255:0:255mx', 'ink-13'],
    ['\u001b[48;5;4;1mx', 'paper-4 bold'],
    ['\u001b[3;4;7;9mx', 'italic underline inverse strike'],
    ['\u001b[1m\u001b[22mx', ''],
    ['\u001b[31;39mx', ''],
    ['\u009b32mx', 'ink-2'],
    ['\u001b[mx', ''],
    ['\u001b[38mx', ''],
    ['\u001b[999;;31mx', 'ink-1'],
  ])('%j looks like %j', (line, className) => {
    expect(spansOf(line)).toEqual([['x', className]]);
  });

  test('stay from one line to the next', () => {
    expect(inked('next', inked('\u001b[35mlast', PLAIN).pen).spans).toEqual([{ text: 'next', className: 'ink-5' }]);
  });

  test('of more changes than are worth elements are drawn as the last one of them', () => {
    const { spans } = inked('\u001b[31ma\u001b[32mb'.repeat(5_000), PLAIN);
    expect(spans.length).toBe(200);
    expect(spans.map(({ text }) => text).join('')).toBe('ab'.repeat(5_000));
  });
});

describe('other escape sequences', () => {
  test.each([
    ['a title', 'a\u001b]0;evil title\u0007b'],
    ['a link', 'a\u001b]8;;https://example.com\u001b\\b'],
    ['a movement of the cursor', 'a\u001b[2Jb'],
    ['a private mode', 'a\u001b[?25lb'],
    ['a character set', 'a\u001b(Bb'],
    ['a saved cursor', 'a\u001b7b'],
    ['a device control', 'a\u001bP1$r\u001b\\b'],
  ])('%s is dropped', (_, line) => {
    expect(textOf(line)).toBe('ab');
  });

  test('that do not end hide nothing: the rest of the line stays to be read', () => {
    expect(textOf('a\u001b]0;not ended')).toBe('a␛]0;not ended');
    expect(textOf('a\u001b[31')).toBe('a␛[31');
    expect(textOf('a\u001b')).toBe('a␛');
  });
});

describe('what else is not to be seen', () => {
  test('control characters become visible', () => {
    expect(textOf('a\u0000b\u007fc\u0085d')).toBe('a␀b␡c‹U+0085›d');
    expect(textOf('safe\u202Egpj.exe\u202C \u2066x\u2069 \u200F \uFEFF')).toBe(
      'safe‹U+202E›gpj.exe‹U+202C› ‹U+2066›x‹U+2069› ‹U+200F› ‹U+FEFF›',
    );
  });

  test('leaves tabs, and letters that need several characters', () => {
    expect(textOf('a\tb 👩‍💻 שלום')).toBe('a\tb 👩‍💻 שלום');
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 300 })])('is never in the text, whatever is written', (line) => {
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(textOf(line)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]|\p{Bidi_Control}/u);
  });
});
