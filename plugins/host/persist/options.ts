import { defineOptions } from '../../../core/index.ts';
import { oneOf } from '../../config/option-types/index.ts';

/** Of `[supervisord]`. */
export const supervisordOptions = defineOptions({
  orphans: {
    schema: oneOf('a word', ['adopt', 'kill', 'ignore']),
    default: 'adopt',
    change: 'restart',
    description:
      'What to do with the programs of a daemon that was killed: take them over (adopt), restart them (kill), or start others beside them (ignore).',
  },
});

/** `readonly sections` of the plugin's class. */
export const sections = { supervisord: supervisordOptions } as const;
