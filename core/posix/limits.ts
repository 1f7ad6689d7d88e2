import koffi from 'koffi';
import type { Libc } from './libc.ts';

export interface LimitCalls {
  /** The soft and hard limit of a resource; `Infinity` is unlimited. */
  getLimit(resource: Resource): Limit;
  setLimit(resource: Resource, limit: Limit): void;
}

interface Limit {
  readonly soft: number;
  readonly hard: number;
}

/** Linux numbers of the resources that Supervisor sets (`minfds`, `minprocs`). */
const RESOURCES = { descriptors: 7, processes: 6 } as const;
export type Resource = keyof typeof RESOURCES;

const UNLIMITED = 2 ** 64;

export function limitCalls({ func, check }: Libc): LimitCalls {
  const rlimit = koffi.struct({ soft: 'uint64_t', hard: 'uint64_t' });
  const getrlimit = func('getrlimit', 'int', ['int', koffi.out(koffi.pointer(rlimit))]);
  const setrlimit = func('setrlimit', 'int', ['int', koffi.pointer(rlimit)]);

  return {
    getLimit(resource) {
      const limit: { soft?: number | bigint; hard?: number | bigint } = {};
      check(getrlimit(RESOURCES[resource], limit), 'getrlimit');
      return { soft: finite(limit.soft), hard: finite(limit.hard) };
    },
    setLimit: (resource, { soft, hard }) =>
      check(setrlimit(RESOURCES[resource], { soft: raw(soft), hard: raw(hard) }), 'setrlimit'),
  };
}

function finite(value: number | bigint | undefined): number {
  const number = Number(value ?? 0);
  return number >= UNLIMITED - 2048 ? Infinity : number;
}

function raw(value: number): bigint {
  return value === Infinity ? 2n ** 64n - 1n : BigInt(value);
}
