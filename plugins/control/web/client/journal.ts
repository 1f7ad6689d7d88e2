import * as v from 'valibot';
import { causeText, CauseShape } from './cause.ts';
import type { EventLine } from './event-line.ts';
import { visible } from './visible.ts';
import { durationText } from './format.ts';

const Decision = v.looseObject({
  kind: v.string(),
  delaySeconds: v.optional(v.number()),
  reason: v.optional(v.string()),
});

/** What the page shows of a record of the journal; docs/plugins/journal.md has all of it. */
const RecordShape = v.variant('kind', [
  v.looseObject({ kind: v.literal('started'), at: v.string(), pid: v.number(), by: CauseShape }),
  v.looseObject({ kind: v.literal('resumed'), at: v.string(), pid: v.number() }),
  v.looseObject({ kind: v.literal('notStarted'), at: v.string(), reason: v.string(), decision: Decision }),
  v.looseObject({
    kind: v.literal('ended'),
    at: v.string(),
    exit: v.looseObject({
      code: v.optional(v.number()),
      signal: v.optional(v.string()),
      unknown: v.optional(v.string()),
    }),
    expected: v.boolean(),
    asked: v.boolean(),
    by: CauseShape,
    ranSeconds: v.number(),
    decision: Decision,
    outOfMemory: v.optional(v.unknown()),
    output: v.array(v.looseObject({ channel: v.string(), lines: v.array(v.string()) })),
  }),
  v.looseObject({ kind: v.literal('lost'), at: v.string(), reason: v.string() }),
  v.looseObject({ kind: v.literal('removed'), at: v.string() }),
  v.looseObject({ kind: v.literal('daemonStarted'), at: v.string(), pid: v.number() }),
  v.looseObject({ kind: v.literal('daemonStopped'), at: v.string() }),
]);

type JournalRecord = v.InferOutput<typeof RecordShape>;

/** A record as text. */
export interface Entry {
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
  readonly isBad: boolean;
  /** How often in a row it was the same, and when the first of these was. */
  readonly count: number;
  readonly since: string;
  /** What makes two of them the same. */
  readonly key: string;
  /** The last lines that it wrote. */
  readonly output: readonly { readonly channel: string; readonly text: string }[];
}

/**
 * The records as text, newest first, with those of the daemon between them. Records that are not shown are left out,
 * and so are starts that the exit before them implies. Equal consecutive records are one entry, with the time of the
 * last.
 */
export function entriesOf(answer: unknown): readonly Entry[] {
  if (!Array.isArray(answer)) return [];
  const entries: Entry[] = [];
  for (const item of answer) {
    const { success, output } = v.safeParse(RecordShape, item);
    if (!success || (output.kind === 'started' && output.by.by === 'child')) continue;
    const entry = entryOf(output);
    const newer = entries.at(-1);
    if (newer?.key === entry.key) entries.splice(-1, 1, { ...newer, count: newer.count + 1, since: entry.at });
    else entries.push(entry);
  }
  return entries;
}

function entryOf(record: JournalRecord): Entry {
  const { at } = record;
  const said = (text: string, isBad = false, key = text): Entry => {
    return { at, text: visible(text), isBad, count: 1, since: at, key, output: [] };
  };
  switch (record.kind) {
    case 'started':
      return said(`started as process ${record.pid} ${causeText(record.by)}`);
    case 'resumed':
      return said(`process ${record.pid} was taken over from the daemon before`);
    case 'notStarted':
      return said(`could not be started: ${record.reason}; ${decisionText(record.decision)}`, true);
    case 'lost':
      return said(`out of control: ${record.reason}`, true);
    case 'removed':
      return said('taken out of the configuration');
    case 'daemonStarted':
      return said(`the daemon was started as process ${record.pid}`);
    case 'daemonStopped':
      return said('the daemon ended');
    case 'ended':
      return {
        // How long it ran differs each time.
        ...said(endedText(record), !record.asked && !record.expected, endedText({ ...record, ranSeconds: 0 })),
        output: record.output
          .filter(({ lines }) => lines.length > 0)
          .map(({ channel, lines }) => ({ channel, text: lines.map(visible).join('\n') })),
      };
  }
}

function endedText(record: Extract<JournalRecord, { kind: 'ended' }>): string {
  const { code = 'unknown', signal } = record.exit;
  const end = signal === undefined ? `exit status ${code}` : `ended by ${signal}`;
  const ran = `${end} after ${durationText(record.ranSeconds * 1000)}`;
  if (record.asked) return `${ran}, stopped ${causeText(record.by)}`;
  const memory = record.outOfMemory === undefined ? '' : ', the kernel was out of memory';
  return `${ran}${memory}${record.expected ? '' : ', not expected'}; ${decisionText(record.decision)}`;
}

function decisionText({ kind, delaySeconds = 0, reason }: v.InferOutput<typeof Decision>): string {
  const what =
    kind === 'restart' ? (delaySeconds > 0 ? `tried again after ${delaySeconds} s` : 'started again') : 'left as it is';
  return reason === undefined ? what : `${what}: ${reason}`;
}

/** Changes when the journal must be read again: something happened to the process. */
export function momentOf(eventLines: readonly EventLine[]): number {
  return eventLines.reduce((sum, { version }) => sum + version, 0);
}
