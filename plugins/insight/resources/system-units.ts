import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';

/** The units of `/proc`: memory in pages, time in ticks. */
export interface SystemUnits {
  readonly pageBytes: number;
  readonly ticksPerSecond: number;
}

/** Types of entries of the auxiliary vector that the kernel gives every process: elf.h. */
const AT_PAGESZ = 6;
const AT_CLKTCK = 17;

/** The values of nearly every machine. */
const USUAL: SystemUnits = { pageBytes: 4096, ticksPerSecond: 100 };

/**
 * The units of this machine. Pages have 16 or 64 KiB on some ARM machines, and Node does not report it. The auxiliary
 * vector does: pairs of machine words, each a type and a value.
 */
export function readSystemUnits(file = '/proc/self/auxv'): SystemUnits {
  let vector: Buffer;
  try {
    vector = readFileSync(file);
  } catch {
    return USUAL;
  }
  const isLittle = endianness() === 'LE';
  const entries = new Map<number, number>();
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    const word = (offset: number): bigint =>
      isLittle ? vector.readBigUInt64LE(at + offset) : vector.readBigUInt64BE(at + offset);
    entries.set(Number(word(0)), Number(word(8)));
  }
  return {
    pageBytes: entries.get(AT_PAGESZ) ?? USUAL.pageBytes,
    ticksPerSecond: entries.get(AT_CLKTCK) ?? USUAL.ticksPerSecond,
  };
}
