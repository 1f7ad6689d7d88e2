import { defineOptions } from '../../core/index.ts';
import type { OptionValues } from '../../core/index.ts';
import { booleanOr, count, exitCodes } from '../config/option-types.ts';

/** Options of a program that decide what follows an exit. */
export const programOptions = defineOptions({
  autorestart: {
    schema: booleanOr('a restart policy', ['unexpected']),
    default: 'unexpected',
    change: 'live',
    description: 'Start the program again after an exit: always, never, or when the exit code is not in exitcodes.',
  },
  exitcodes: { schema: exitCodes, default: [0], change: 'live', description: 'Exit codes that are expected.' },
  startretries: {
    schema: count,
    default: 3,
    change: 'live',
    description: 'Failed starts in a row after the first one before the program is given up as FATAL.',
  },
});

/** `true`, `false` or `'unexpected'`; the codes; the number of further tries. */
export type AutorestartValues = OptionValues<typeof programOptions>;

/** `readonly sections` of the plugin's class. */
export const sections = { program: programOptions } as const;
