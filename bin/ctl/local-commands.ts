import type { CommandLine } from './command-line.ts';
import { convert } from './commands/convert.ts';
import { systemdUnit } from './commands/systemd-unit.ts';
import type { Output } from './terminal.ts';

/** A command without a daemon: it is not part of the shell, and no address is searched for. */
export interface LocalCommand {
  readonly name: string;
  /** Forms of the command, each with what it does. */
  readonly usage: readonly (readonly [form: string, meaning: string])[];
  /** What may follow the name beside files, each with its meaning. */
  readonly flags?: Readonly<Record<string, string>>;
  /** What follows it is a file. */
  readonly takesFile?: true;
  /** Settles with the exit code. @throws UsageError */
  run(call: LocalCall): Promise<number>;
}

export interface LocalCall {
  readonly line: CommandLine;
  /** What follows the name. */
  readonly words: readonly string[];
  /** The program that runs, as it was started. */
  readonly executable: string;
  readonly stdout: Output;
  readonly stderr: Output;
}

export const LOCAL_COMMANDS: ReadonlyMap<string, LocalCommand> = new Map(
  [convert, systemdUnit].map((command) => [command.name, command]),
);
