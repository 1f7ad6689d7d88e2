import { describe, expect, test } from 'vitest';
import { HttpRefusal } from '../../../../../plugins/control/http/index.ts';
import { needsConsent, readFormAction } from '../../../../../plugins/control/web/form-action.ts';

describe('what a query asks for', () => {
  const wishes: Record<string, unknown> = {
    '': undefined,
    'action=': undefined,
    'message=hello&processname=web': undefined,
    'action=stopall': { kind: 'overall', action: 'stopall' },
    'action=stopall&processname=web': { kind: 'overall', action: 'stopall' },
    'processname=a%3Ab&action=stop': { kind: 'process', action: 'stop', name: 'a:b' },
    'action=&action=stop&processname=&processname=web': { kind: 'process', action: 'stop', name: 'web' },
    'action=stop&action=start&processname=web': { kind: 'process', action: 'stop', name: 'web' },
  };
  for (const [text, wish] of Object.entries(wishes)) {
    test(text === '' ? 'nothing' : text, () => expect(readFormAction(new URLSearchParams(text))).toEqual(wish));
  }

  for (const text of [
    'action=nonsense',
    'action=stop',
    'action=constructor&processname=web',
    'action=__proto__',
    'action=toString&processname=x',
  ]) {
    test(`${text} is refused`, () => expect(() => readFormAction(new URLSearchParams(text))).toThrow(HttpRefusal));
  }
});

describe('who has to press a button first', () => {
  const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux)', 'accept-language': 'en' };
  const asked = (method: string, headers: Record<string, string>): boolean => needsConsent({ method, headers });

  test('a program that follows a link does not', () => {
    expect(asked('GET', {})).toBe(false);
    expect(asked('GET', { 'user-agent': 'curl/8.0' })).toBe(false);
    expect(asked('GET', { 'user-agent': 'Mozilla/5.0 (Windows NT; en-US) WindowsPowerShell/5.1' })).toBe(false);
  });

  test('a browser does that follows a link and does not say from where', () => {
    expect(asked('GET', browser)).toBe(true);
  });

  test('a browser that says so does not: who comes from elsewhere was refused before', () => {
    expect(asked('GET', { ...browser, 'sec-fetch-site': 'same-origin' })).toBe(false);
    expect(asked('GET', { ...browser, 'sec-fetch-site': 'none' })).toBe(false);
  });

  test('a form that was posted does not: it says where it comes from', () => {
    expect(asked('POST', browser)).toBe(false);
  });

  test('a browser that looks ahead does, wherever it comes from', () => {
    expect(asked('GET', { ...browser, 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch;prerender' })).toBe(true);
    expect(asked('GET', { ...browser, 'sec-fetch-site': 'same-origin', purpose: 'prefetch' })).toBe(true);
  });
});
