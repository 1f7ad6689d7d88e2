import type { Command } from './command.ts';
import { call } from './commands/call.ts';
import { completion, names } from './commands/completion.ts';
import { add, avail, remove, reread } from './commands/configuration.ts';
import { open, reload, shutdown, version } from './commands/daemon.ts';
import { fg } from './commands/foreground.ts';
import { help, quit } from './commands/help.ts';
import { logs } from './commands/logs.ts';
import { pid } from './commands/pid.ts';
import { plugin } from './commands/plugin.ts';
import { restart, signal, start, stop } from './commands/processes.ts';
import { status } from './commands/status.ts';
import { clear, maintail, tail } from './commands/tail.ts';
import { update } from './commands/update.ts';
import { why } from './commands/why.ts';

/** The one table of commands; help, completion, the shell and the documentation are made from it or checked against it. */
export const COMMAND_LIST: readonly Command[] = [
  status,
  start,
  stop,
  restart,
  signal,
  pid,
  why,
  logs,
  tail,
  maintail,
  clear,
  fg,
  reread,
  update,
  add,
  remove,
  avail,
  reload,
  shutdown,
  version,
  open,
  call,
  plugin,
  completion,
  names,
  help,
  quit,
];

/** By name and alias. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  COMMAND_LIST.flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command] as const)),
);
