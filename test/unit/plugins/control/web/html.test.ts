import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { positionsOf } from '../../../../../plugins/control/web/html-positions.ts';
import { encodeText, escape, html, query, type Html } from '../../../../../plugins/control/web/html.ts';

/** What a browser makes of escaped text. */
function decode(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] ?? '');
}

/** Text that likes to be markup. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('<', '>', '"', "'", '&', 'script', '/', '=', ' ', '-->', '&lt;', '\0', '\u202e', 'x'), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
);

describe('whatever the values are', () => {
  test.prop([hostile])('text comes out as what it was, and as nothing but text', (text) => {
    const inner = html`<b>${text}</b>`.toString().slice('<b>'.length, -'</b>'.length);
    expect(inner).not.toMatch(/[<>"']/);
    expect(decode(inner)).toBe(text);
  });

  test.prop([hostile])('an attribute ends where the template ends it', (text) => {
    const markup = html`<b title="${text}" lang="en"></b>`.toString();
    const [, value = ''] = /^<b title="([^"]*)" lang="en"><\/b>$/.exec(markup) ?? [];
    expect(decode(value)).toBe(text);
  });

  test.prop([fc.array(hostile)])('a list has exactly the elements that the template gives it', (texts) => {
    const item = (text: string): Html => html`<li>${text}</li>`;
    const markup = html`<ul>
      ${texts.map(item)}
    </ul>`.toString();
    expect(markup.split('<').length - 1).toBe(2 + 2 * texts.length);
    expect([...markup.matchAll(/<li>([^<]*)/g)].map(([, text = '']) => decode(text))).toEqual(texts);
  });

  test.prop([fc.anything()])('what only looks like markup is text', (value) => {
    // What a caller could do who silences the compiler.
    const disguised = { toString: () => '<script>', value } as unknown as Html;
    expect(html`<b>${disguised}</b>`.toString()).toBe('<b>&lt;script&gt;</b>');
  });

  test.prop([hostile, hostile])('an address has the fields that it was given, and no others', (name, action) => {
    const address =
      /href="([^"]*)"/.exec(html`<a href="index.html?${query({ name, action })}"></a>`.toString())?.[1] ?? '';
    const { pathname, searchParams } = new URL(decode(address), 'http://localhost/');
    expect(pathname).toBe('/index.html');
    expect([...searchParams]).toEqual([
      ['name', Buffer.from(name).toString()],
      ['action', Buffer.from(action).toString()],
    ]);
  });
});

test('numbers are themselves, undefined is nothing', () => {
  expect(html`<b title="${0}${undefined}">${1}${undefined}</b>`.toString()).toBe('<b title="0">1</b>');
});

test('an address with both kinds of ampersand reads as it has to', () => {
  expect(
    html`<a href="index.html?${query({ processname: 'grp:m', action: 'stop', no: undefined })}">x</a>`.toString(),
  ).toBe('<a href="index.html?processname=grp%3Am&amp;action=stop">x</a>');
});

test('half of a surrogate pair in an address is replaced, not thrown at', () => {
  expect(encodeText('a\ud800b')).toBe('a%EF%BF%BDb');
});

test('escaping knows all five characters', () => {
  expect(escape(`<a b="c" d='e'>&</a>`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;&lt;/a&gt;');
});

describe('a template that escaping cannot save throws, whatever its values are', () => {
  // As the parts that JavaScript makes of a template: the formatter would mend the templates themselves.
  const templates: Record<string, readonly string[]> = {
    'an attribute without quotes': ['<a title=', '>x</a>'],
    'an attribute in single quotes': ["<a title='", "'>x</a>"],
    'the name of an attribute': ['<a ', '="x">x</a>'],
    'the name of a tag': ['<', '>x</a>'],
    'the name of a closing tag': ['<a>x</', '>'],
    'inside a tag': ['<a ', '>x</a>'],
    'a comment': ['<!-- ', ' -->'],
    'a script': ['<script>', '</script>'],
    'the middle of a script': ['<script>let x = "', '";</script>'],
    'a style sheet': ['<style>', '</style>'],
    'a handler': ['<a onclick="', '">x</a>'],
    'a style': ['<a style="', '">x</a>'],
    'a page in a frame': ['<iframe srcdoc="', '"></iframe>'],
    'a whole address': ['<a href="', '">x</a>'],
    'the host of an address': ['<a href="//', '/">x</a>'],
    'the path of an address, which could be a host': ['<a href="/', '">x</a>'],
    'the scheme of an address': ['<a href="java', '">x</a>'],
    'the target of a form': ['<form action="', '"></form>'],
    'the second value, where only the first is in a good place': ['<a title="', '" lang=', '>x</a>'],
    'a tag that is not closed': ['<a href="index.html?', '"'],
    'an attribute that is not closed': ['<a href="index.html?', ''],
  };
  test.each(Object.entries(templates))('%s', (_, parts) => {
    expect(() => positionsOf(parts)).toThrow(TypeError);
  });

  test('markup in an attribute', () => {
    expect(() => html`<a title="${html`<b></b>`}">x</a>`).toThrow(TypeError);
    expect(() => html`<a title="${['x']}">x</a>`).toThrow(TypeError);
  });

  test('a value in text is told from one in an attribute', () => {
    expect(positionsOf(['<a title="x > y" href="tail.html?', '&amp;b=', '">', '</a>', '<br />', ''])).toEqual([
      'attribute',
      'attribute',
      'text',
      'text',
      'text',
    ]);
  });
});
