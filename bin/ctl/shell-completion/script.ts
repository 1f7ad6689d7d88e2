import { OPTIONS } from '../command-line.ts';
import { flagsOf, type Command } from '../command.ts';
import type { LocalCommand } from '../local-commands.ts';

/** The supported shells. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** An option before the command. */
export interface OptionWords {
  /** `-c` and `--configuration`, as far as there are both. */
  readonly words: readonly string[];
  readonly short: string | undefined;
  readonly long: string;
  readonly takesValue: boolean;
  readonly meaning: string;
  /** The value is a path. */
  readonly isFile: boolean;
  /** Selects the daemon or the user: passed on when names are requested. */
  readonly isAccess: boolean;
}

/** A command, with what a shell can offer after it. */
export interface CommandWords {
  readonly name: string;
  readonly meaning: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  readonly live: 'processes' | 'groups' | undefined;
  readonly takesFile: boolean;
}

/** The input of a script, from the command table and the table of options. */
export interface Vocabulary {
  readonly options: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

const ACCESS: ReadonlySet<string> = new Set(['configuration', 'serverurl', 'username', 'password']);

export function vocabularyOf(commands: readonly Command[], local: readonly LocalCommand[]): Vocabulary {
  const visible = commands.filter(({ isHidden }) => isHidden !== true);
  const topics = [...visible, ...local].map(({ name }) => name);
  return {
    options: Object.entries(OPTIONS).map(([name, option]) => {
      const short = 'short' in option ? option.short : undefined;
      const long = option.long[0];
      return {
        words: [...(short === undefined ? [] : [`-${short}`]), `--${long}`],
        short,
        long,
        takesValue: 'value' in option,
        meaning: option.meaning,
        isFile: 'value' in option && option.value === 'FILE',
        isAccess: ACCESS.has(name),
      };
    }),
    commands: [
      ...visible.map((command) => ({
        name: command.name,
        meaning: command.usage[0]?.[1] ?? '',
        flags: flagsOf(command),
        words: [
          ...(command.words ?? []),
          ...(command.completes === 'commands' ? topics : []),
          ...(command.usage.some(([form]) => form.endsWith(' all')) ? ['all'] : []),
        ],
        live: command.completes === 'commands' ? undefined : command.completes,
        takesFile: false,
      })),
      ...local.map(({ name, usage, flags = {}, takesFile = false }) => ({
        name,
        meaning: usage[0]?.[1] ?? '',
        flags,
        words: [],
        live: undefined,
        takesFile,
      })),
    ],
  };
}

/** In single quotes, for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function indent(lines: readonly string[], width: number): string {
  return lines.map((line) => ' '.repeat(width) + line).join('\n');
}

/** The words of options, as a pattern of `case`. */
export function anyOf(options: readonly OptionWords[]): string {
  return options.flatMap(({ words }) => words).join('|');
}
