import { fc, test as property } from '@fast-check/vitest';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { SafeText, safeText } from '../../../../bin/ctl/safe-text.ts';
import { StandardTerminal } from '../../../../bin/ctl/terminal.ts';

const ESC = '\u001b';

test.each([
  ['a title', `${ESC}]0;evil\u0007x`, String.raw`\u001b]0;evil\u0007x`],
  ['a title that ends in ESC \\', `${ESC}]2;evil${ESC}\\x`, '\\u001b]2;evil\\u001b\\x'],
  ['a device control string', `${ESC}P1$r0m${ESC}\\`, '\\u001bP1$r0m\\u001b\\'],
  ['the cursor', `${ESC}[2J${ESC}[H`, String.raw`\u001b[2J\u001b[H`],
  ['a question to the terminal', `${ESC}[6n${ESC}c`, String.raw`\u001b[6n\u001bc`],
  ['a private m, which is no colour', `${ESC}[>4;1m${ESC}[?1m`, String.raw`\u001b[>4;1m\u001b[?1m`],
  ['C1 controls', '\u009b2J\u0090q\u009d0;t\u009c', String.raw`\u009b2J\u0090q\u009d0;t\u009c`],
  ['a bell and a backspace', 'ok\u0007\b\b', String.raw`ok\u0007\b\b`],
  ['a carriage return in a line', 'ERROR\rfine ', String.raw`ERROR\rfine `],
  ['a bell before what looks like a colour', '\u0007[31m', String.raw`\u0007[31m`],
  ['a colour that is too long', `${ESC}[${'1;'.repeat(20)}m`, `\\u001b[${'1;'.repeat(20)}m`],
])('%s is spelled out', (_, text, shown) => {
  expect(safeText(text)).toBe(shown);
});

test.each([
  ['colours that are ended', `${ESC}[1;31mred${ESC}[m ${ESC}[38;5;9mx${ESC}[38:2::1:2:3my${ESC}[0m`],
  ['text in any language', 'naïve ümlaut 日本語 👩‍👩‍👧 \u2028 ‏עברית'],
  ['line ends and tabs', 'a\tb\r\nc\n'],
])('%s passes', (_, text) => {
  expect(safeText(text)).toBe(text);
});

test('colours that are not ended are ended', () => {
  expect(safeText(`${ESC}[31mred\n`)).toBe(`${ESC}[31mred\n${ESC}[0m`);
});

test('bytes that are not UTF-8 become U+FFFD, an 8-bit CSI among them', () => {
  const safe = new SafeText();
  expect(safe.push(Buffer.from([0x61, 0x9b, 0x32, 0x4a, 0xff])) + safe.end()).toBe('a\ufffd2J\ufffd');
});

const hostile = fc.array(
  fc.constantFrom(
    ESC,
    '[',
    ']',
    '3',
    '1',
    ';',
    'm',
    'J',
    '\r',
    '\n',
    '\t',
    '\u009b',
    '\u0007',
    'é',
    '日',
    '👩',
    'x',
    '\u0000',
  ),
  { maxLength: 40 },
);

property.prop([hostile, fc.array(fc.nat(80))])(
  'however it is cut into pieces, the result is the same and safe',
  (parts, cuts) => {
    const bytes = Buffer.from(parts.join(''));
    const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
    const safe = new SafeText();
    const shown = at.slice(1).map((end, index) => safe.push(bytes.subarray(at[index], end)));
    const result = [...shown, safe.end()].join('');
    expect(result).toBe(safeText(parts.join('')));
    const rest = result.replaceAll(new RegExp(`${ESC}\\[[\\d;]*m|\r\n`, 'g'), '');
    expect(rest.replaceAll(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
  },
);

function terminalOn(isTTY: boolean) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const shown = { out: '', err: '' };
  stdout.on('data', (chunk: Buffer) => (shown.out += chunk.toString('latin1')));
  stderr.on('data', (chunk: Buffer) => (shown.err += chunk.toString('latin1')));
  const streams = { stdin, stdout: Object.assign(stdout, { isTTY }), stderr: Object.assign(stderr, { isTTY }) };
  return { terminal: new StandardTerminal(streams), shown };
}

test('a terminal gets nothing unsafe, whoever prints; a pipe gets every byte', async () => {
  const hostileText = `${ESC}]0;t\u0007`;
  const spelled = String.raw`\u001b]0;t\u0007`;
  for (const [isTTY, expected] of [
    [true, spelled],
    [false, hostileText],
  ] as const) {
    const { terminal, shown } = terminalOn(isTTY);
    terminal.print(hostileText);
    terminal.printError(hostileText);
    const pieces = terminal.printPieces();
    pieces.write(Buffer.from(hostileText.slice(0, 1)));
    pieces.write(Buffer.from(hostileText.slice(1)));
    pieces.end();
    await new Promise(setImmediate);
    expect(shown).toEqual({ out: expected.repeat(2), err: expected });
  }
  const { terminal, shown } = terminalOn(false);
  terminal.printPieces().write(Buffer.from([0xff, 0x9b, 0x1b]));
  await new Promise(setImmediate);
  expect(shown.out).toBe('\xff\x9b\x1b');
});

test('the line of progress is one line without colours', async () => {
  const { terminal, shown } = terminalOn(true);
  terminal.showProgress(`starting: evil\n${ESC}[31m`);
  await new Promise(setImmediate);
  expect(shown.err).toBe(`\r${ESC}[K${String.raw`starting: evil\n\u001b[31m`}`);
});
