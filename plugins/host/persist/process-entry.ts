import { createHash } from 'node:crypto';
import * as v from 'valibot';
import {
  STATE_CODES,
  type ChangeTables,
  type ProcessConfig,
  type ProcessRecord,
  type State,
} from '../../../core/index.ts';

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
  readonly options: Readonly<Record<string, string>>;
}

/** @throws what is wrong with it. */
export function readEntry(value: unknown): ProcessEntry {
  // The names of signals are the only texts that the core goes by; one that it does not know makes that signal fail.
  return v.parse(Entry, value) as ProcessEntry;
}

/** The options that make a restart necessary, hashed: values may be secret. */
export function hashOptions(config: ProcessConfig, tables: ChangeTables): Record<string, string> {
  const { options, ...own } = config;
  const entries = Object.entries({ ...own, ...options }).filter(
    ([name, value]) => value !== undefined && tables.ofProcess(name).change === 'restart',
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, hash(JSON.stringify(value))]));
}

/** The options that differ. One that only one of the two knows belongs to another version of the program. */
export function changedOptions(before: ProcessEntry['options'], now: ProcessEntry['options']): string[] {
  return Object.keys(now).filter((name) => before[name] !== undefined && before[name] !== now[name]);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}
