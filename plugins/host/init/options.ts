import { defineOptions } from '../../../core/index.ts';
import { optionType, Refusal, wordsOf } from '../../config/option-types/index.ts';

/** When the daemon ends by itself. */
export type ExitWhen =
  | { readonly kind: 'never' }
  /** The first program that ends for good, or all of them. */
  | { readonly kind: 'any' | 'all' }
  /** The first of these: processes as `name` or `group:name`, or groups. */
  | { readonly kind: 'names'; readonly names: readonly string[] };

const exitWhen = optionType<string | readonly string[], ExitWhen>({
  is: 'a condition',
  allowed: 'never, any, all, or names of programs separated by commas',
  json: {
    anyOf: [
      { type: 'string', pattern: String.raw`^\s*[^,\s][^,]*(,\s*[^,\s][^,]*)*$` },
      { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
    ],
  },
  parse(given) {
    const names = wordsOf(given);
    if (names === undefined || names.length === 0 || names.includes('')) return new Refusal();
    const [word = ''] = names;
    if (names.length === 1 && (word === 'never' || word === 'any' || word === 'all')) return { kind: word };
    return { kind: 'names', names };
  },
});

const NEVER: ExitWhen = { kind: 'never' };

/** Of `[supervisord]`. */
export const supervisordOptions = defineOptions({
  exit_when: {
    schema: exitWhen,
    default: NEVER,
    change: 'restart',
    description:
      'End the daemon, with the exit status of the program, when any program has ended for good, all have, or one of those named.',
  },
});

/** `readonly sections` of the plugin's class. */
export const sections = { supervisord: supervisordOptions } as const;
