import { expect, test } from 'vitest';
import { columnize } from '../../../../bin/ctl/columns.ts';
import { COMMANDS } from '../../../../bin/ctl/commands.ts';
import { complete } from '../../../../bin/ctl/completion.ts';
import { info } from './fake-session.ts';

const PROCESSES = [
  info('web', 20, 'RUNNING'),
  info('one', 20, 'RUNNING', { group: 'grp' }),
  info('two', 20, 'RUNNING', { group: 'grp' }),
];
const matches = async (line: string) => (await complete(line, COMMANDS, () => Promise.resolve(PROCESSES))).matches;

test.each([
  ['re', ['reload ', 'remove ', 'reread ', 'restart ']],
  ['  sta', ['start ', 'status ']],
  ['help ver', ['version ']],
  ['EO', []],
  ['start ', ['web ', 'grp:one ', 'grp:* ', 'grp:two ']],
  ['signal HUP w', ['web ']],
  ['stop grp:', ['grp:one ', 'grp:* ', 'grp:two ']],
  ['stop web:', ['web:web ', 'web:* ']],
  ['update ', ['web ', 'grp ']],
  ['shutdown ', []],
  ['nonsense w', []],
])('"%s" can become %j', async (line, expected) => {
  expect(await matches(line)).toEqual(expected);
});

test('a daemon that does not answer offers nothing', async () => {
  const { matches: found } = await complete('start ', COMMANDS, () => Promise.reject(new Error('down')));
  expect(found).toEqual([]);
});

test('columns are read downwards and are all padded', () => {
  expect(columnize(['a', 'bbb', 'cc', 'd', 'e'], 9)).toBe('a    d\nbbb  e\ncc ');
  expect(columnize(['a', 'b'], 80)).toBe('a  b');
  expect(columnize(['aaaa', 'bbbb'], 5)).toBe('aaaa\nbbbb');
});
