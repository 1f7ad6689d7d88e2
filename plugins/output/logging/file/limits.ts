import type { RotationInterval } from './rotation-due.ts';

/** When a log is rotated, and how many backups are kept. */
export interface Limits {
  /** 0: no limit. */
  readonly maxBytes: number;
  readonly backups: number;
  /** Default `never`. */
  readonly interval?: RotationInterval;
  /** Whether the backups are compressed. Default: no. */
  readonly isCompressed?: boolean;
}

/** The options that limit a log. They begin with its name: `stdout_logfile_maxbytes`, … */
type LimitOptions<Name extends string> = Numbers<Name> & Intervals<Name> & Flags<Name>;
type Numbers<Name extends string> = Readonly<Record<`${Name}_maxbytes` | `${Name}_backups`, number>>;
type Intervals<Name extends string> = Readonly<Record<`${Name}_rotate`, RotationInterval>>;
type Flags<Name extends string> = Readonly<Record<`${Name}_compress`, boolean>>;

/** The limits of the log with this name. */
export function limitsOf<Name extends string>(name: Name, options: LimitOptions<Name>): Limits {
  const numbers: Numbers<Name> = options;
  const intervals: Intervals<Name> = options;
  const flags: Flags<Name> = options;
  return {
    maxBytes: numbers[`${name}_maxbytes`],
    backups: numbers[`${name}_backups`],
    interval: intervals[`${name}_rotate`],
    isCompressed: flags[`${name}_compress`],
  };
}
