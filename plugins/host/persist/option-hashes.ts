import { createHash } from 'node:crypto';
import { changeTables, type ChangeTables, type Plugin, type ProcessConfig } from '../../../core/index.ts';

/** A short hash of each option that a restart is needed for: values may be secret. */
export type Hashes = Readonly<Record<string, string>>;

/** Tells whether a child was started with other options than those of now. */
export class OptionHashes {
  readonly #plugins: readonly Plugin[];
  readonly #known = new WeakMap<ProcessConfig, Hashes>();
  #tables: ChangeTables | undefined;

  constructor(plugins: readonly Plugin[]) {
    this.#plugins = plugins;
  }

  of(config: ProcessConfig): Hashes {
    let hashes = this.#known.get(config);
    if (hashes === undefined) this.#known.set(config, (hashes = this.#hash(config)));
    return hashes;
  }

  #hash({ options, ...own }: ProcessConfig): Hashes {
    const tables = (this.#tables ??= changeTables(this.#plugins));
    const entries = Object.entries({ ...own, ...options }).filter(
      ([name, value]) => value !== undefined && tables.ofProcess(name).change === 'restart',
    );
    return Object.fromEntries(entries.map(([name, value]) => [name, hash(JSON.stringify(value))]));
  }
}

/** The options that differ. One that only one of the two knows belongs to another version of the program. */
export function changedOptions(before: Hashes, now: Hashes): string[] {
  return Object.keys(now).filter((name) => before[name] !== undefined && before[name] !== now[name]);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}
