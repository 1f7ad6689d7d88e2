import { describe, expect, test } from 'vitest';

import { splitCommand } from '../../../../core/program/split-command.ts';

describe('a command is split into words', () => {
  test.each([
    ['python app.py', ['python', 'app.py']],
    ['  a \t b\n c ', ['a', 'b', 'c']],
    ['sh -c "echo hi; sleep 1"', ['sh', '-c', 'echo hi; sleep 1']],
    [`a'b c'd`, ['ab cd']],
    [String.raw`a\ b "c\"d" "e\f"`, ['a b', 'c"d', String.raw`e\f`]],
    [`'it'"'"'s'`, ["it's"]],
    ['a "" \'\'', ['a', '', '']],
    ['echo $HOME # *', ['echo', '$HOME', '#', '*']],
    ['a \\\nb', ['a', '\nb']],
    ['', []],
  ])('%j', (command, words) => {
    expect(splitCommand(command)).toEqual(words);
  });
});

test.each([`sh -c "echo`, `it's`, `"a\\"`, `a "b 'c`])('%j has a quote that is not closed', (command) => {
  expect(() => splitCommand(command)).toThrow('No closing quotation');
});

test.each(['a\\', '"a\\'])('%j ends within an escape', (command) => {
  expect(() => splitCommand(command)).toThrow('No escaped character');
});
