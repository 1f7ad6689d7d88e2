import { describe, expect, test } from 'vitest';
import {
  parseCall,
  parseResponse,
  printCall,
  printFault,
  printResponse,
  XmlRpcSyntaxError,
  type XmlRpcValue,
} from '../../../../../plugins/control/rpc/xmlrpc/index.ts';

const response = (value: string): string =>
  `<?xml version="1.0"?><methodResponse><params><param><value>${value}</value></param></params></methodResponse>`;

const valueOf = (text: string): XmlRpcValue | undefined => {
  const parsed = parseResponse(response(text));
  return 'value' in parsed ? parsed.value : undefined;
};

describe('parsing a value', () => {
  test.each<[string, string, XmlRpcValue]>([
    ['an untyped value is a string, blanks included', ' a b ', ' a b '],
    ['an empty value is the empty string', '', ''],
    ['a string keeps its blanks', '<string>  x\n</string>', '  x\n'],
    ['an empty string element is the empty string', '<string/>', ''],
    ['white space around a typed element is ignored', '\n  <int>7</int>\n', 7],
    ['white space inside a number is ignored', '<int> -7\n</int>', -7],
    ['a plus sign is accepted', '<i4>+7</i4>', 7],
    ['i8 holds what a double holds exactly', '<i8>9007199254740991</i8>', 2 ** 53 - 1],
    ['a double may have an exponent', '<double>-1.5e3</double>', -1500],
    ['true', '<boolean>1</boolean>', true],
    ['false', '<boolean>0</boolean>', false],
    ['nil', '<nil/>', null],
    ['nil with the prefix of the extension', '<ex:nil xmlns:ex="http://ws.apache.org/xmlrpc"/>', null],
    ['bytes over several lines', '<base64>\naGVs\nbG8=\n</base64>', new TextEncoder().encode('hello')],
    ['a date is taken for UTC', '<dateTime.iso8601>20261122T16:30:05</dateTime.iso8601>', new Date(1795365005000)],
    ['the five entities', '&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
    ['numeric references', '&#233;&#xE9;&#x1F600;', 'éé😀'],
    ['a reference is resolved once', '&amp;lt;', '&lt;'],
    ['CDATA is text', 'a<![CDATA[<b>&amp;]]>c', 'a<b>&amp;c'],
    ['comments are nothing', 'a<!-- <int> -->b', 'ab'],
    ['line ends are one line feed, unless written as a reference', 'a\r\nb\rc&#13;', 'a\nb\nc\r'],
    ['a raw control character, as Supervisor prints it', '<string>\u001b[31mred</string>', '\u001b[31mred'],
    ['an array', '<array><data><value>a</value><value><int>1</int></value></data></array>', ['a', 1]],
    ['an empty array', '<array><data/></array>', []],
    ['an empty struct', '<struct></struct>', {}],
  ])('%s', (_, text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });

  test('of two members with one name the last one counts, as in Python', () => {
    const member = (n: number): string => `<member><name>a</name><value><int>${n}</int></value></member>`;
    expect(valueOf(`<struct>${member(1)}${member(2)}</struct>`)).toEqual({ a: 2 });
  });

  test('a member called __proto__ is a member, and changes no prototype', () => {
    const struct = '<struct><member><name>__proto__</name><value><struct><member><name>evil</name>';
    const value = valueOf(`${struct}<value>1</value></member></struct></value></member></struct>`);
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(Reflect.get({}, 'evil')).toBeUndefined();
    expect(Reflect.get(Object(value), 'toString')).toBeUndefined();
    expect(Reflect.get(Object(value), 'constructor')).toBeUndefined();
  });
});

describe('parsing a call', () => {
  test('params may be missing, empty, or hold untyped values', () => {
    const call = (rest: string): string => `<methodCall><methodName>a.b</methodName>${rest}</methodCall>`;
    expect(parseCall(call(''))).toEqual({ method: 'a.b', params: [] });
    expect(parseCall(call('<params/>'))).toEqual({ method: 'a.b', params: [] });
    expect(parseCall(call('<params><param><value>x</value></param></params>'))).toEqual({
      method: 'a.b',
      params: ['x'],
    });
  });

  test('bytes are UTF-8, with or without a byte order mark, or the Latin-1 that the declaration names', () => {
    const call = (encoding: string): string =>
      `<?xml version="1.0" encoding="${encoding}"?><methodCall><methodName>é</methodName></methodCall>`;
    expect(parseCall(Buffer.from(call('UTF-8'))).method).toBe('é');
    expect(parseCall(Buffer.from(`\ufeff${call('utf-8')}`)).method).toBe('é');
    expect(parseCall(Buffer.from(call('ISO-8859-1'), 'latin1')).method).toBe('é');
  });
});

describe('what is not XML-RPC is refused with one clear error', () => {
  const nested = (depth: number): string =>
    '<array><data><value>'.repeat(depth) + '</value></data></array>'.repeat(depth);

  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /expected <methodResponse> at line 1, column 1/],
    ['no XML', 'GET / HTTP/1.0', /unexpected text at line 1/],
    ['a call', printCall('a'), /expected <methodResponse>/],
    ['no value', '<methodResponse><params></params></methodResponse>', /exactly one value/],
    ['an open end', '<methodResponse><params><param><value>', /expected <\/value>/],
    ['a cut tag', '<methodResponse><params', /the tag <params> does not end/],
    ['crossed tags', response('<int>1</string>'), /expected <\/int>/],
    ['a longer end tag', response('<int>1</integer>'), /expected <\/int>/],
    ['text after the end', `${response('')}x`, /unexpected text/],
    ['a second root', `${response('')}<a/>`, /expected the end/],
    ['text beside an element', response('x<int>1</int>'), /holds text or <int>, not both/],
    ['two types in a value', response('<int>1</int><int>2</int>'), /expected <\/value>/],
    ['an unknown type', response('<integer>1</integer>'), /unknown type <integer>/],
    ['no integer', response('<int>1.5</int>'), /"1\.5" is not a valid <int>/],
    ['an empty integer', response('<int/>'), /"" is not a valid <int>/],
    ['an integer that would be rounded', response('<i8>9007199254740993</i8>'), /not a valid <i8>/],
    ['no double', response('<double>0x10</double>'), /not a valid <double>/],
    ['no boolean', response('<boolean>true</boolean>'), /not a valid <boolean>/],
    ['no base64', response('<base64>a-b_</base64>'), /not a valid <base64>/],
    ['no date', response('<dateTime.iso8601>20260231T00:00:00</dateTime.iso8601>'), /not a valid <dateTime/],
    ['an array without data', response('<array><value/></array>'), /expected <data>/],
    ['a member without a name', response('<struct><member><value/></member></struct>'), /expected <name>/],
    ['an unknown entity', response('&nbsp;'), /unknown reference &nbsp;/],
    ['a lone ampersand', response('a & b'), /unknown reference &/],
    ['half a surrogate pair by reference', response('&#xD800;'), /unknown reference/],
    ['a character beyond Unicode', response('&#x110000;'), /unknown reference/],
    ['an attribute without quotes', response('<int a=1>1</int>'), /not quoted/],
    ['a comment without end', response('<!-- '), /a comment does not end/],
    ['CDATA without end', response('<![CDATA[ '), /a CDATA section does not end/],
    ['a document type', `<!DOCTYPE a [<!ENTITY b "c">]>${response('&b;')}`, /document type .* not allowed/],
    ['a declaration inside', response('<!ENTITY a "b">'), /not allowed/],
    ['arrays without end', response(nested(100_000)), /nested too deeply/],
    ['a fault without a code', '<methodResponse><fault><value><struct/></value></fault></methodResponse>', /faultCode/],
    ['a fault that is a list', '<methodResponse><fault><value/></fault></methodResponse>', /a fault is a struct/],
    ['bytes that are not UTF-8', Buffer.from(response('é'), 'latin1'), /not valid UTF-8/],
    ['UTF-16', Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${response('')}`), /unknown encoding utf-16/],
  ])('%s', (_, body, message) => {
    expect(() => parseResponse(body)).toThrow(XmlRpcSyntaxError);
    expect(() => parseResponse(body)).toThrow(message);
  });

  test('a message beyond the limit is refused before it is read', () => {
    expect(() => parseCall('x'.repeat(101), { maxLength: 100 })).toThrow(/has 101 bytes; at most 100/);
  });

  test('a call without a method', () => {
    expect(() => parseCall('<methodCall><methodName> </methodName></methodCall>')).toThrow(/the method is empty/);
    expect(() => parseCall('<methodCall><params/></methodCall>')).toThrow(/expected <methodName>/);
  });
});

describe('printing', () => {
  test('a response has the layout of Supervisor', () => {
    expect(printResponse({ name: 'a&b', pid: 7, ok: true, list: ['x'] })).toBe(
      "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>\n" +
        '<member>\n<name>name</name>\n<value><string>a&amp;b</string></value>\n</member>\n' +
        '<member>\n<name>pid</name>\n<value><int>7</int></value>\n</member>\n' +
        '<member>\n<name>ok</name>\n<value><boolean>1</boolean></value>\n</member>\n' +
        '<member>\n<name>list</name>\n<value><array><data>\n<value><string>x</string></value>\n</data></array></value>\n' +
        '</member>\n</struct></value>\n</param>\n</params>\n</methodResponse>\n',
    );
  });

  test('a fault can be read back', () => {
    expect(parseResponse(printFault(10, 'BAD_NAME: <a>'))).toEqual({ fault: { code: 10, text: 'BAD_NAME: <a>' } });
  });

  test.each<[number, string]>([
    [2147483647, '<int>2147483647</int>'],
    [-2147483648, '<int>-2147483648</int>'],
    [2147483648, '<double>2147483648.0</double>'],
    [0.1, '<double>0.1</double>'],
    [1e21, '<double>1e+21</double>'],
    [-0, '<double>-0.0</double>'],
    [Infinity, '<double>inf</double>'],
    [NaN, '<double>nan</double>'],
  ])('the number %d becomes %s', (value, expected) => {
    expect(printResponse(value)).toContain(`<value>${expected}</value>`);
  });

  test('a character that XML cannot carry becomes U+FFFD, and the rest of the answer stays readable', () => {
    expect(printResponse('\u001b[31m\0\ud800x\udc00\uffff')).toContain(
      '<string>\ufffd[31m\ufffd\ufffdx\ufffd\ufffd</string>',
    );
  });

  test('a year that the format has no room for is an error of the caller', () => {
    expect(() => printResponse(new Date(Date.UTC(12_345, 0)))).toThrow(RangeError);
  });
});
