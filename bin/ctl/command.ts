import type { Session } from './session.ts';

/** One command: all that help, completion, the shell, `--json` and the documentation know about it. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Forms of the command, each with what it does, in the order in which help shows them. */
  readonly usage: readonly (readonly [form: string, meaning: string])[];
  readonly notes?: readonly string[];
  /** What the words after the command can be completed to. */
  readonly completes?: 'commands' | 'groups' | 'processes';
  /** What may follow the command beside names, each with its meaning. `--json` goes without saying. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Fixed words that may follow it. */
  readonly words?: readonly string[];
  /** Left out of help and completion: for programs. */
  readonly isHidden?: true;
  /** With `--json` the command prints one JSON document. */
  readonly hasJson?: true;
  /** Prints, and notes failures in the session's exit status. An error thrown is reported by the session. */
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

/** The commands that are offered to people, by name and alias: all but `EOF`, which is what the end of input is called. */
export function visibleNames(commands: ReadonlyMap<string, Command>): readonly string[] {
  return [...commands]
    .filter(([name, { isHidden }]) => name !== 'EOF' && isHidden !== true)
    .map(([name]) => name)
    .toSorted();
}
