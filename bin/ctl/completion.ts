import { type ProcessInfo } from '../../plugins/control/client/index.ts';
import { namespec, visible } from '../../core/index.ts';
import { flagsOf, visibleNames, type Command } from './command.ts';

/**
 * The completions of the last word of `line`, each with a trailing blank. `processes` is called only if names of
 * processes or groups are needed; if the daemon does not answer, there are no completions.
 */
export async function complete(
  line: string,
  commands: ReadonlyMap<string, Command>,
  processes: () => Promise<readonly ProcessInfo[]>,
): Promise<{ readonly word: string; readonly matches: readonly string[] }> {
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const [first = ''] = line.trimStart().split(/\s+/);
  const isFirst = line.trimStart() === word;
  const command = commands.get(first);
  if (!isFirst && command !== undefined && word.startsWith('-')) {
    const matches = Object.keys(flagsOf(command)).filter((flag) => flag.startsWith(word));
    return { word, matches: matches.map((flag) => `${flag} `) };
  }
  const kind = isFirst ? 'commands' : command?.completes;
  const names =
    kind === 'commands' ? visibleNames(commands) : kind === undefined ? [] : await nameProcesses(kind, word, processes);
  const words = isFirst ? [] : (command?.words ?? []);
  return { word, matches: [...names, ...words].filter((name) => name.startsWith(word)).map((name) => `${name} `) };
}

/** The names that a command can take: see {@link Command.completes}. */
export async function nameProcesses(
  kind: 'groups' | 'processes',
  word: string,
  processes: () => Promise<readonly ProcessInfo[]>,
): Promise<readonly string[]> {
  const infos = await processes().catch(() => []);
  const names = infos.flatMap((info) => (kind === 'groups' ? [info.group] : processNames(info, word)));
  // A name with a control character would be two lines of the answer, or move the cursor of the shell.
  return [...new Set(names)].filter((name) => name === visible(name));
}

/** A process that is alone in a group of its name is offered as `name:name` only after a typed colon. */
function processNames(info: ProcessInfo, word: string): readonly string[] {
  if (info.group === info.name && !word.includes(':')) return [namespec(info)];
  return [`${info.group}:${info.name}`, `${info.group}:*`];
}
