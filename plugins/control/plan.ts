import * as v from 'valibot';

const names = v.pipe(v.array(v.string()), v.readonly());

const Change = v.object({
  option: v.pipe(v.string(), v.description('Of a variable: environment.NAME.')),
  /** For an option of the daemon: the section. */
  section: v.exactOptional(v.string()),
  change: v.picklist(['live', 'start', 'restart']),
  /** Absent: it was not set, or its value has no short text. */
  from: v.exactOptional(v.string()),
  to: v.exactOptional(v.string()),
  isSecret: v.pipe(v.boolean(), v.description('from and to say only whether there is a value.')),
});

/**
 * One planned change, or one that was carried out. Then `ok` says whether it succeeded, and `reason` why not. `group`:
 * options of a group as a whole. `daemon`: options that need a restart of the daemon.
 */
const Entry = v.object({
  kind: v.picklist(['add', 'remove', 'restart', 'start', 'live', 'group', 'daemon']),
  group: v.exactOptional(v.string()),
  name: v.exactOptional(v.string()),
  changes: v.pipe(v.array(Change), v.readonly()),
  ok: v.exactOptional(v.boolean()),
  reason: v.exactOptional(v.string()),
});

/**
 * A plan of an update, or its result, for people and programs: values are texts as in a supervisord.conf, secrets are
 * masked. Every interface sends this shape, and `tsvctl` checks answers by it; fields of a later daemon are ignored.
 */
export const PlanShape = v.object({
  file: v.exactOptional(v.pipe(v.string(), v.description('The configuration that was read.'))),
  /** Names of groups. */
  added: names,
  changed: names,
  removed: names,
  unchanged: v.pipe(v.number(), v.integer(), v.description('How many processes stay as they are.')),
  entries: v.pipe(v.array(Entry), v.readonly()),
});

export type DescribedPlan = Readonly<v.InferOutput<typeof PlanShape>>;
export type DescribedEntry = Readonly<v.InferOutput<typeof Entry>>;
export type DescribedChange = Readonly<v.InferOutput<typeof Change>>;
export type EntryKind = DescribedEntry['kind'];
