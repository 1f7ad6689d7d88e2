import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { ProcessConfig } from '../config.ts';
import { tsvError, TsvError, reasonOf } from '../errors.ts';
import { splitCommand } from '../program/split-command.ts';
import { pathOf } from './bytes.ts';
import type { FailureKind } from './failure.ts';

/** A resolved command line: the file to execute and its arguments. */
export interface Command {
  readonly file: string;
  readonly argv: readonly string[];
}

/**
 * Splits a command and finds its file. A name without a slash is searched in PATH (the program's own, if it sets one).
 * A name with a slash is resolved in `directory`, where the child will run.
 * @throws TSV_COMMAND_SYNTAX, TSV_COMMAND_NOT_FOUND, TSV_COMMAND_DIRECTORY, TSV_COMMAND_NOT_EXECUTABLE,
 *   TSV_COMMAND_NO_PERMISSION. Supervisor: options.py check_execv_args.
 */
export function findCommand(
  config: Pick<ProcessConfig, 'command' | 'directory'>,
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const argv = wordsOf(config.command);
  const [name] = argv;
  if (name === undefined) throw tsvError('TSV_COMMAND_SYNTAX', [config.command, 'command is empty']);
  const file = name.includes('/') ? fromDirectory(name, config.directory) : searchPath(name, env['PATH']);
  checkExecutable(file, name);
  return { file: name.includes('/') ? name : file, argv };
}

/** The failure kind of an error of {@link findCommand}. */
export function failureOf(error: unknown): FailureKind {
  const kinds: Readonly<Record<string, FailureKind>> = {
    TSV_COMMAND_SYNTAX: 'command',
    TSV_COMMAND_NOT_FOUND: 'missing',
    TSV_COMMAND_DIRECTORY: 'notFile',
    TSV_COMMAND_NOT_EXECUTABLE: 'permission',
    TSV_COMMAND_NO_PERMISSION: 'permission',
  };
  return (error instanceof TsvError && kinds[error.code]) || 'other';
}

/** Without a directory the path stays relative to the daemon's own: the kernel resolves it, whatever its bytes. */
function fromDirectory(name: string, directory: string | undefined): string {
  return isAbsolute(name) || directory === undefined ? name : join(directory, name);
}

function wordsOf(command: string): string[] {
  try {
    return splitCommand(command);
  } catch (error) {
    throw tsvError('TSV_COMMAND_SYNTAX', [command, reasonOf(error)], error);
  }
}

/** The first directory that contains the name decides, executable or not. Supervisor: process.py get_execv_args. */
function searchPath(name: string, path = '/bin:/usr/bin:/usr/local/bin'): string {
  for (const directory of path.split(':')) {
    const file = `${directory === '' ? '.' : directory}/${name}`;
    if (existing(file) !== undefined) return file;
  }
  throw tsvError('TSV_COMMAND_NOT_FOUND', [name]);
}

function checkExecutable(file: string, name: string): void {
  const stat = existing(file);
  if (stat === undefined) throw tsvError('TSV_COMMAND_NOT_FOUND', [name]);
  if (stat.isDirectory()) throw tsvError('TSV_COMMAND_DIRECTORY', [name]);
  if ((stat.mode & 0o111) === 0) throw tsvError('TSV_COMMAND_NOT_EXECUTABLE', [name]);
  try {
    accessSync(pathOf(file), constants.X_OK);
  } catch (error) {
    throw tsvError('TSV_COMMAND_NO_PERMISSION', [name], error);
  }
}

function existing(file: string): Stats | undefined {
  try {
    return statSync(pathOf(file), { throwIfNoEntry: false });
  } catch {
    return undefined; // ENOTDIR, EACCES on the way: treated as missing
  }
}
