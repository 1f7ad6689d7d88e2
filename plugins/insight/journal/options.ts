import { defineOptions } from '../../../core/index.ts';
import { byteSize, optionType, Refusal } from '../../config/option-types/index.ts';

/** Where the journal is kept. */
export type JournalPlace =
  | { readonly kind: 'file'; readonly path: string }
  /** Next to the daemon's own log, or else in `childlogdir`. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' };

const journalPlace = optionType<string, JournalPlace>({
  is: 'a place for the journal',
  allowed: 'a path, AUTO or NONE',
  json: { type: 'string', minLength: 1 },
  parse: (given): JournalPlace | Refusal => {
    if (typeof given !== 'string' || given === '') return new Refusal();
    if (given.includes('\0')) return new Refusal('a path cannot contain a NUL byte');
    const word = given.toLowerCase();
    if (word === 'auto') return { kind: 'auto' };
    return word === 'none' || word === 'off' ? { kind: 'none' } : { kind: 'file', path: given };
  },
});

const AUTO: JournalPlace = { kind: 'auto' };

/** Of `[supervisord]`. */
export const supervisordOptions = defineOptions({
  journal_file: {
    schema: journalPlace,
    default: AUTO,
    change: 'restart',
    description: "Where the journal is kept: AUTO puts it beside the daemon's own log, NONE keeps none.",
  },
  journal_maxbytes: {
    schema: byteSize,
    default: 5 * 1024 ** 2,
    change: 'restart',
    description: 'Size at which the journal begins a new file; the one before is kept, so it takes twice that at most.',
  },
});

/** `readonly sections` of the plugin's class. */
export const sections = { supervisord: supervisordOptions } as const;
