import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../../bin/daemon/arguments.ts';

test('-? asks for help, as -h does', () => {
  expect(parseCommandLine(['-?'])).toEqual(parseCommandLine(['-h']));
  expect(parseCommandLine(['-?']).does).toBe('help');
});

test('--json without --check or --diff does not start a daemon', () => {
  expect(() => parseCommandLine(['--json', '-c', 'a.conf'])).toThrow('option --json requires --check or --diff');
  expect(parseCommandLine(['--check', '--json'])).toMatchObject({ does: 'check', json: true });
});
