import type { Change } from '../../../core/index.ts';

/** A plan as people and other programs may see it: values are texts as a supervisord.conf spells them, secrets are masked. */
export interface DescribedPlan {
  /** The file that the new configuration was read from, where there is one. */
  readonly file?: string;
  /** Names of groups. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly entries: readonly DescribedEntry[];
  /** How many processes stay as they are. */
  readonly unchanged: number;
}

/**
 * One thing that is to happen, or has happened; then `ok` tells whether it has, and `reason` why not. `group`: options of a
 * group as a whole. `daemon`: options that only a restart of the daemon puts into effect.
 */
export interface DescribedEntry {
  readonly kind: EntryKind;
  readonly group?: string;
  readonly name?: string;
  readonly changes: readonly DescribedChange[];
  readonly ok?: boolean;
  readonly reason?: string;
}

export type EntryKind = 'add' | 'remove' | 'restart' | 'start' | 'live' | 'group' | 'daemon';

export interface DescribedChange {
  /** Of a variable of the environment: `environment.NAME`. */
  readonly option: string;
  /** Of an option of the daemon: where it stands. */
  readonly section?: string;
  readonly change: Change;
  /** Absent: it was not set, or its value has no short text. */
  readonly from?: string;
  readonly to?: string;
  /** `from` and `to` say only whether there is a value. */
  readonly isSecret: boolean;
}
