import type { Session } from './session.ts';

/** One command: everything that help, completion, the shell, `--json` and the documentation need. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Forms of the command, each with what it does, in the order in which help shows them. */
  readonly usage: readonly (readonly [form: string, meaning: string])[];
  readonly notes?: readonly string[];
  /** What the words after the command can be completed to. */
  readonly completes?: 'commands' | 'groups' | 'processes';
  /** Flags of the command, each with its meaning. `--json` is added automatically. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Fixed words that may follow it. */
  readonly words?: readonly string[];
  /** Hidden in help and completion: for programs. */
  readonly isHidden?: true;
  /** With `--json` the command prints one JSON document. */
  readonly hasJson?: true;
  /**
   * Prints the result, and records failures in the session's exit status. The session reports errors that it throws.
   */
  run(session: Session, words: readonly string[]): Outcome | Promise<Outcome>;
}

/** `'quit'` ends the shell. */
export type Outcome = 'quit' | void;

/** The forms below each other, the meanings in a column of their own. */
export function describeUsage({ usage, notes = [] }: Pick<Command, 'usage' | 'notes'>): string {
  const width = Math.max(...usage.map(([form]) => form.length));
  const forms = usage.map(([form, meaning]) => `${form.padEnd(width)}   ${meaning}`);
  return [...forms, ...notes].join('\n');
}

/** All flags of a command. */
export function flagsOf({ flags = {}, hasJson }: Command): Readonly<Record<string, string>> {
  return hasJson ? { ...flags, '--json': 'print JSON' } : flags;
}

/** The commands that are shown to people, by name and alias: all but `EOF`, the name for the end of input. */
export function visibleNames(commands: ReadonlyMap<string, Command>): readonly string[] {
  return [...commands]
    .filter(([name, { isHidden }]) => name !== 'EOF' && isHidden !== true)
    .map(([name]) => name)
    .toSorted();
}
