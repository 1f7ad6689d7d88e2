import type { Libc } from './libc.ts';

export interface TimeCalls {
  /**
   * The difference of local time to UTC at a moment, in milliseconds, by TZ or /etc/localtime. `wallMs`: milliseconds
   * since the epoch.
   */
  readonly utcOffset: (wallMs: number) => number;
}

/** `struct tm` of glibc and musl on 64 bits: nine ints, four bytes of padding, then `tm_gmtoff` in seconds. */
const TM_BYTES = 56;
const GMTOFF_AT = 40;

export function timeCalls({ func }: Libc): TimeCalls {
  const tzset = func('void tzset(void)');
  const localtime = func('void *localtime_r(const int64_t *seconds, _Out_ uint8_t *tm)');
  const tm = Buffer.alloc(TM_BYTES);
  const seconds = new BigInt64Array(1);
  let zone: string | undefined;
  tzset(); // localtime_r does not have to read TZ by itself

  return {
    utcOffset(wallMs) {
      if (process.env.TZ !== zone) tzset(); // Node follows an assignment, too
      zone = process.env.TZ;
      seconds[0] = BigInt(Math.floor(wallMs / 1000));
      // Null if the year does not fit. Then the buffer still holds an earlier result.
      const result: unknown = localtime(seconds, tm);
      return result === null ? 0 : Number(tm.readBigInt64LE(GMTOFF_AT)) * 1000;
    },
  };
}
