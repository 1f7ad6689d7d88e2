import { defineOptions } from '../../../core/index.ts';
import type { OptionValues } from '../../../core/index.ts';
import { booleanOr, count, exitCodes } from '../../config/option-types/index.ts';

/** Options of a program that decide what happens after an exit. */
export const programOptions = defineOptions({
  autorestart: {
    schema: booleanOr('a restart policy', ['unexpected']),
    default: 'unexpected',
    change: 'live',
    description: 'Start the program again after an exit: always, never, or when the exit code is not in exitcodes.',
  },
  exitcodes: {
    schema: exitCodes,
    default: [0],
    change: 'live',
    description: 'Exit codes that are expected, from 0 to 255; a program killed by a signal never ended as expected.',
  },
  startretries: {
    schema: count,
    default: 3,
    change: 'live',
    description:
      'Further tries after a failed start, each a second later than the one before; after them the program is FATAL.',
  },
});

/** `true`, `false` or `'unexpected'`; the expected codes; the number of retries. */
export type AutorestartValues = OptionValues<typeof programOptions>;

/** `readonly sections` of the plugin's class. */
export const sections = { program: programOptions } as const;
