import type { Command } from './command.ts';
import { add } from './commands/add.ts';
import { avail } from './commands/avail.ts';
import { call } from './commands/call.ts';
import { clear } from './commands/clear.ts';
import { names } from './commands/completion-names.ts';
import { completion } from './commands/completion.ts';
import { fg } from './commands/fg.ts';
import { help } from './commands/help.ts';
import { logs } from './commands/logs.ts';
import { maintail } from './commands/maintail.ts';
import { open } from './commands/open.ts';
import { pid } from './commands/pid.ts';
import { plugin } from './commands/plugin.ts';
import { quit } from './commands/quit.ts';
import { reload } from './commands/reload.ts';
import { remove } from './commands/remove.ts';
import { reread } from './commands/reread.ts';
import { restart } from './commands/restart.ts';
import { shutdown } from './commands/shutdown.ts';
import { signal } from './commands/signal.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { stop } from './commands/stop.ts';
import { tail } from './commands/tail.ts';
import { update } from './commands/update.ts';
import { upgrade } from './commands/upgrade.ts';
import { version } from './commands/version.ts';
import { why } from './commands/why.ts';

/**
 * The one table of commands; help, completion, the shell and the documentation are made from it or checked against it.
 */
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
  upgrade,
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
