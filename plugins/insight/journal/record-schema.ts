import * as v from 'valibot';
import { STATE_CODES, type State } from '../../../core/index.ts';
import type { JournalRecord } from './record.ts';

const State = v.custom<State>((given) => typeof given === 'string' && Object.hasOwn(STATE_CODES, given));
const Cause = v.object({
  by: v.picklist(['boot', 'client', 'plugin', 'policy', 'reload', 'shutdown', 'child']),
  detail: v.exactOptional(v.string()),
});
const reason = v.exactOptional(v.string());
const Decision = v.variant('kind', [
  v.object({ kind: v.literal('leave'), reason }),
  v.object({ kind: v.literal('restart'), delaySeconds: v.number(), reason }),
]);
const SentSignal = v.object({
  at: v.string(),
  signal: v.string(),
  asGroup: v.boolean(),
  why: v.picklist(['request', 'stop', 'overdue', 'unready']),
});
const CoreDump = v.variant('kind', [
  v.object({ kind: v.literal('file'), path: v.string(), bytes: v.number() }),
  v.object({ kind: v.literal('handler'), command: v.string() }),
  v.object({ kind: v.literal('notFound'), reason: v.string() }),
]);
const OutOfMemory = v.object({ kills: v.number(), since: v.string(), counter: v.string() });
const LastUsage = v.object({ at: v.string(), cpuSeconds: v.number(), memoryBytes: v.number(), processes: v.number() });
const RunUsage = v.object({ userSeconds: v.number(), systemSeconds: v.number(), peakMemoryBytes: v.number() });
const LastOutput = v.object({
  channel: v.picklist(['stdout', 'stderr']),
  lines: v.array(v.string()),
  file: v.exactOptional(v.string()),
});

const whose = { at: v.string(), group: v.string(), name: v.string() };
const names = v.array(v.string());

const Record = v.variant('kind', [
  v.object({ kind: v.literal('started'), ...whose, run: v.number(), pid: v.number(), by: Cause, tries: v.number() }),
  v.object({ kind: v.literal('resumed'), ...whose, run: v.number(), pid: v.number() }),
  v.object({
    kind: v.literal('notStarted'),
    ...whose,
    run: v.number(),
    reason: v.string(),
    failure: v.exactOptional(v.string()),
    by: Cause,
    tries: v.number(),
    decision: Decision,
  }),
  v.object({
    kind: v.literal('ended'),
    ...whose,
    run: v.number(),
    pid: v.number(),
    exit: v.union([
      v.object({ code: v.number() }),
      v.object({ signal: v.string() }),
      v.object({ unknown: v.string() }),
    ]),
    failure: v.exactOptional(v.object({ kind: v.string(), text: v.string() })),
    asked: v.boolean(),
    expected: v.boolean(),
    by: Cause,
    ranSeconds: v.number(),
    tooQuickly: v.boolean(),
    state: State,
    tries: v.number(),
    signals: v.array(SentSignal),
    core: v.exactOptional(CoreDump),
    outOfMemory: v.exactOptional(OutOfMemory),
    used: v.exactOptional(RunUsage),
    usage: v.exactOptional(LastUsage),
    output: v.array(LastOutput),
    decision: Decision,
  }),
  v.object({ kind: v.literal('lost'), ...whose, reason: v.string() }),
  v.object({ kind: v.literal('removed'), ...whose }),
  v.object({ kind: v.literal('daemonStarted'), at: v.string(), pid: v.number() }),
  v.object({ kind: v.literal('daemonStopping'), at: v.string(), pid: v.number() }),
  v.object({ kind: v.literal('daemonStopped'), at: v.string(), pid: v.number() }),
  v.object({
    kind: v.literal('reloaded'),
    at: v.string(),
    by: Cause,
    added: names,
    removed: names,
    restarted: names,
    changed: names,
    failed: names,
  }),
  v.object({ kind: v.literal('searchLimit'), at: v.string() }),
]) satisfies v.GenericSchema<unknown, JournalRecord>;

/**
 * Reads the records of a `tsv.getJournal` answer. Records that a newer daemon has extended in an unknown way are left
 * out.
 */
export function readRecords(answer: unknown): JournalRecord[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((item: unknown) => {
    const record = v.safeParse(Record, item);
    return record.success ? [record.output] : [];
  });
}
