import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { COMMAND_LIST } from '../../../bin/ctl/commands.ts';
import { LOCAL_COMMANDS } from '../../../bin/ctl/local-commands.ts';

test('every command of tsvctl has a file of its name', () => {
  const files = readdirSync(new URL('../../../bin/ctl/commands/', import.meta.url)).map((file) =>
    basename(file, '.ts'),
  );
  const names = [...COMMAND_LIST, ...LOCAL_COMMANDS.values()].map(({ name }) => name.replace('__', 'completion-'));
  expect(files.toSorted()).toEqual(names.toSorted());
});
