import type { Family, Sample } from './family.ts';

/** A metric of a plugin: a name, and its values at this moment. Needs no library. */
export interface PluginFamily {
  /** Letters, digits and underscores; of a counter it ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** Called at every scrape. Labels have few values: the name of a program is one, its pid is none. */
  readonly samples: () => readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

/** The families that can be shown beside ours; `complain` hears of the others, and once of each whose samples cannot be had. */
export function acceptFamilies(
  given: readonly PluginFamily[],
  taken: readonly Family[],
  complain: (text: string) => void,
): readonly Family[] {
  const names = new Set(taken.map(({ name }) => name));
  return given.flatMap((family) => {
    const why = faultOf(family, names);
    names.add(family.name);
    if (why === undefined) return [guarded(family, complain)];
    complain(`metric ${JSON.stringify(family.name)} is left out: ${why}`);
    return [];
  });
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function faultOf({ name, type }: PluginFamily, taken: ReadonlySet<string>): string | undefined {
  if (typeof name !== 'string' || !NAME.test(name)) return 'a name has letters, digits and underscores';
  if (type === 'counter' && !name.endsWith('_total')) return 'the name of a counter ends in _total';
  return taken.has(name) ? 'there is one of that name already' : undefined;
}

/** A plugin that throws keeps nobody from the other metrics. */
function guarded(family: PluginFamily, complain: (text: string) => void): Family {
  let hasComplained = false;
  const samples = (): readonly Sample[] => {
    try {
      return family.samples().map(checked);
    } catch (error) {
      if (!hasComplained) complain(`metric ${family.name} has no samples: ${String(error)}`);
      hasComplained = true;
      return [];
    }
  };
  return { name: family.name, help: family.help, type: family.type, samples };
}

function checked(sample: Sample): Sample {
  const wrong = Object.keys(sample.labels ?? {}).find((label) => !NAME.test(label));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} is no name for a label`);
  if (typeof sample.value !== 'number') throw new Error('a value has to be a number');
  return sample;
}
