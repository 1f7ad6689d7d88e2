import type { Family, Sample } from './family.ts';

/** A metric of a plugin: a name, and its current values. Needs no library. */
export interface PluginFamily {
  /** Letters, digits and underscores. The name of a counter ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** Called at every scrape. Labels must have few values: use the name of a program, not its pid. */
  readonly samples: () => readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

/**
 * Returns the valid families. `complain` is called for each invalid one, and once for each whose samples cannot be
 * read.
 */
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

/** A plugin that throws does not affect the other metrics. */
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
