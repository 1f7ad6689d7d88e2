import type { Libc } from './libc.ts';

export interface TimeCalls {
  /** Milliseconds by which local time is ahead of UTC at a moment (milliseconds since the epoch), by TZ or /etc/localtime. */
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
  tzset(); // localtime_r need not read TZ by itself

  return {
    utcOffset(wallMs) {
      if (process.env.TZ !== zone) tzset(); // Node follows an assignment to it, too
      zone = process.env.TZ;
      seconds[0] = BigInt(Math.floor(wallMs / 1000));
      // Null where the year does not fit: what is in the buffer then is of an earlier call.
      const result: unknown = localtime(seconds, tm);
      return result === null ? 0 : Number(tm.readBigInt64LE(GMTOFF_AT)) * 1000;
    },
  };
}
