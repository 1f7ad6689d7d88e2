import { expect, test } from 'vitest';
import { CORE_CHANGES, PROCESS_DEFAULTS, PROCESS_OPTIONS, processConfig } from '../../../core/index.ts';
import { programOptions } from '../../../plugins/config/index.ts';

const made = ['process_name', 'numprocs', 'numprocs_start'];

test('a process has every option of the table, with its default, and no other field', () => {
  const { name: _, program: __, options: ___, ...fields } = processConfig({ name: 'web', command: 'x' });
  const defaults = Object.entries(PROCESS_OPTIONS).map(([name, option]) => [name, option.default]);
  expect(fields).toEqual({ ...Object.fromEntries(defaults), command: 'x' });
  expect(Object.keys(PROCESS_DEFAULTS)).not.toContain('command');
});

test('a reload and a configuration know the options of the table', () => {
  expect(new Set(Object.keys(CORE_CHANGES))).toEqual(new Set([...Object.keys(PROCESS_OPTIONS), 'program']));
  expect(new Set(Object.keys(programOptions))).toEqual(new Set([...Object.keys(PROCESS_OPTIONS), ...made]));
});
