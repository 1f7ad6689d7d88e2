import * as v from 'valibot';
import { STATE_CODES, type ProcessRecord, type State } from '../../../core/index.ts';
import type { Hashes } from './option-hashes.ts';

const STATES = Object.keys(STATE_CODES) as State[];

const StopPlan = v.object({ signal: v.string(), asGroup: v.boolean(), waitMs: v.number() });
const Record = v.object({
  state: v.picklist(STATES),
  want: v.picklist(['up', 'down']),
  pid: v.pipe(v.number(), v.integer(), v.minValue(0)),
  run: v.number(),
  tries: v.number(),
  startedAt: v.number(),
  stoppedAt: v.number(),
  startedTick: v.number(),
  spawnerr: v.string(),
  cause: v.object({
    by: v.picklist(['boot', 'client', 'plugin', 'policy', 'reload', 'shutdown', 'child']),
    detail: v.exactOptional(v.string()),
  }),
  exit: v.exactOptional(v.looseObject({ kind: v.picklist(['code', 'signal', 'unknown', 'spawnFailed']) })),
  failure: v.exactOptional(v.string()),
  isStartedNext: v.exactOptional(v.literal(true)),
  pending: v.exactOptional(
    v.object({
      input: v.variant('kind', [
        v.object({ kind: v.literal('backoffOver') }),
        v.object({ kind: v.literal('restartDue') }),
        v.object({ kind: v.literal('stopTimedOut'), how: StopPlan }),
      ]),
      dueTick: v.number(),
    }),
  ),
});

const Entry = v.object({
  record: Record,
  /** The start of its child, in ticks since the boot; '' without one. */
  start: v.string(),
  /** A hash of each option that a restart is needed for, as its child was started with it. */
  options: v.record(v.string(), v.string()),
});

/** What the state has of a process. */
export interface ProcessEntry {
  readonly record: ProcessRecord;
  readonly start: string;
  readonly options: Hashes;
}

/** @throws what is wrong with it. */
export function readEntry(value: unknown): ProcessEntry {
  // The names of signals are the only texts that the core goes by; one that it does not know makes that signal fail.
  return v.parse(Entry, value) as ProcessEntry;
}
