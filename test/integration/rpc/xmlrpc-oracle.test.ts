import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStruct, parseResponse, printResponse, type XmlRpcValue } from '../../../plugins/control/rpc/xmlrpc/index.ts';
import { anyValue } from '../../unit/plugins/control/rpc/xmlrpc-values.ts';

// Python's xmlrpc.client is the parser and the printer at the other end of nearly every connection. One Python process
// reads what we print and prints what it has read; a form of JSON tells what it understood.
const ORACLE = `
import base64, json, math, sys, xmlrpc.client as x
def plain(v):
    if isinstance(v, x.DateTime): return {'date': str(v)}
    if isinstance(v, x.Binary): return {'bytes': base64.b64encode(v.data).decode()}
    if isinstance(v, bool) or v is None: return v
    if isinstance(v, (int, float)): return {'number': 'nan' if v != v else float(v).hex()}
    if isinstance(v, list): return [plain(e) for e in v]
    if isinstance(v, dict): return {'members': [[k, plain(e)] for k, e in v.items()]}
    return v
answers = []
for text in json.load(sys.stdin):
    (value,), _ = x.loads(text.encode())
    answers.append({'plain': plain(value), 'printed': x.dumps((value,), methodresponse=True, allow_none=True)})
json.dump(answers, sys.stdout)
`;
import { hasPython } from '../../support/python.ts';

test.skipIf(!hasPython('xmlrpc.client'))(
  'Python reads what we print as the same values, and we read what Python prints',
  () => {
    const values = fc.sample(anyValue, { numRuns: 400, seed: 4_2_5 });
    const input = JSON.stringify(values.map((value) => printResponse(value)));
    const python = spawnSync('python3', ['-c', ORACLE], { input, encoding: 'utf8', maxBuffer: 2 ** 28, cwd: '/' });
    expect(python.stderr).toBe('');
    const answers: { plain: unknown; printed: string }[] = JSON.parse(python.stdout);
    for (const [i, value] of values.entries()) {
      expect(answers[i]?.plain).toEqual(plain(value));
      // Python prints a carriage return raw, which every parser takes for a line feed.
      expect(parseResponse(answers[i]?.printed ?? '')).toEqual({ value: withLineFeeds(value) });
    }
  },
);

function plain(value: XmlRpcValue): unknown {
  if (typeof value === 'number') return { number: hexadecimal(value) };
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return { date: value.toISOString().slice(0, 19).replaceAll('-', '') };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  return { members: Object.entries(value).map(([name, member]) => [name, plain(member)]) };
}

/** As Python's `float.hex`: every bit of the number, and no other spelling of it. */
function hexadecimal(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const sign = bits.getUint8(0) >> 7 ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}inf`;
  const biased = (bits.getUint16(0) >> 4) & 0x7ff;
  const fraction = (bits.getBigUint64(0) & 0xfffffffffffffn).toString(16).padStart(13, '0');
  if (value === 0) return `${sign}0x0.0p+0`;
  const exponent = (biased || 1) - 1023;
  return `${sign}0x${biased ? 1 : 0}.${fraction}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

function withLineFeeds(value: XmlRpcValue): XmlRpcValue {
  const feed = (text: string): string => text.replace(/\r\n?/g, '\n');
  if (typeof value === 'string') return feed(value);
  if (Array.isArray(value)) return value.map(withLineFeeds);
  if (!isStruct(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [feed(name), withLineFeeds(member)]));
}
