import { expect, test } from 'vitest';
import { groupConfig, processConfig } from '../../../core/index.ts';

/** As JavaScript calls it, where no compiler has looked. */
const call = (make: (given: never) => unknown, given: unknown) => () => Reflect.apply(make, undefined, [given]);

test.each([
  [processConfig, {}, 'processConfig: name is missing; it has to be a text'],
  [processConfig, undefined, 'processConfig: name is missing; it has to be a text'],
  [processConfig, { name: 'web' }, 'processConfig web: command is missing; it has to be a text'],
  [
    processConfig,
    { name: 'web', command: ['node', 'x.js'] },
    'processConfig web: command is missing; it has to be a text',
  ],
  [groupConfig, {}, 'groupConfig: processes is missing; it has to be an array'],
  [groupConfig, undefined, 'groupConfig: processes is missing; it has to be an array'],
])('%s of %j is refused by name', (make, given, message) => {
  expect(call(make, given)).toThrow(expect.objectContaining({ code: 'TSV_CONFIG_RECORD', message }));
});
