import type { Command } from './command.ts';
import type { ProcessInfo } from './daemon.ts';
import { joinName } from './names.ts';

/**
 * What the last word of `line` can become, each with the blank that follows it. `processes` is asked only when names
 * of processes or groups are wanted; when the daemon does not answer there is simply nothing to offer.
 */
export async function complete(
  line: string,
  commands: ReadonlyMap<string, Command>,
  processes: () => Promise<readonly ProcessInfo[]>,
): Promise<{ readonly word: string; readonly matches: readonly string[] }> {
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const [first = ''] = line.trimStart().split(/\s+/);
  const isFirst = line.trimStart() === word;
  const kind = isFirst ? 'commands' : commands.get(first)?.completes;
  const names = kind === 'commands' ? visibleNames(commands) : kind ? await nameProcesses(kind, word, processes) : [];
  return { word, matches: names.filter((name) => name.startsWith(word)).map((name) => `${name} `) };
}

/** The commands that are offered to people: all but `EOF`, which is what the end of input is called. */
export function visibleNames(commands: ReadonlyMap<string, Command>): readonly string[] {
  return [...commands.keys()].filter((name) => name !== 'EOF').toSorted();
}

async function nameProcesses(
  kind: 'groups' | 'processes',
  word: string,
  processes: () => Promise<readonly ProcessInfo[]>,
): Promise<readonly string[]> {
  const infos = await processes().catch(() => []);
  const names = infos.flatMap((info) => (kind === 'groups' ? [info.group] : processNames(info, word)));
  return [...new Set(names)];
}

/** A process that is alone in a group of its name is offered as `name:name` only to those who type a colon. */
function processNames(info: ProcessInfo, word: string): readonly string[] {
  if (info.group === info.name && !word.includes(':')) return [joinName(info)];
  return [`${info.group}:${info.name}`, `${info.group}:*`];
}
