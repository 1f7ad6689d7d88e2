import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { codeOf, unreachable } from '../../../core/index.ts';
import type { HostPath } from './context.ts';
import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';

/** The part of a loaded configuration that says what it needs of the machine that runs it. */
export interface Needs {
  readonly hostProblems: readonly Problem[];
  readonly paths: readonly HostPath[];
  /** What relative paths are against. */
  readonly cwd: string;
}

/**
 * What this machine lacks for a configuration: users and groups, folders that it names, permission to write its log files. Apart from
 * resolving, because checking the form of a configuration is not checking the host.
 */
export function checkHost({ hostProblems, paths, cwd }: Needs): readonly Problem[] {
  return [...hostProblems, ...paths.flatMap((path) => pathProblem(path, cwd) ?? [])];
}

function pathProblem(hostPath: HostPath, cwd: string): Problem | undefined {
  const { at, section, option, path } = hostPath;
  const message = faultOf(hostPath, cwd);
  if (message === undefined) return undefined;
  return { severity: 'error', kind: 'host', ...placeOf(at), section, option, value: JSON.stringify(path), message };
}

function faultOf({ path, need }: HostPath, cwd: string): string | undefined {
  const file = resolve(cwd, path);
  const folder = need === 'directory' ? file : dirname(file);
  if (!isFolder(folder)) return `the directory ${folder} does not exist`;
  switch (need) {
    case 'directory':
    case 'parent':
      return undefined;
    case 'writable':
      return writeFault(file, folder);
    case 'socket':
      return folderFault(folder);
    default:
      return unreachable(need);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function writeFault(file: string, folder: string): string | undefined {
  if (isDevice(file)) return undefined;
  const fileError = accessError(file, constants.W_OK);
  if (fileError === undefined) return undefined;
  if (fileError !== 'ENOENT') return `the file cannot be written (${describe(fileError)})`;
  return folderFault(folder);
}

function folderFault(folder: string): string | undefined {
  const error = accessError(folder, constants.W_OK | constants.X_OK);
  return error === undefined ? undefined : `the directory ${folder} cannot be written (${describe(error)})`;
}

/** Devices and descriptors (/dev/stdout) are opened when needed; what permission they want cannot be told by looking. */
function isDevice(file: string): boolean {
  return file.startsWith('/dev/') || file.startsWith('/proc/');
}

function accessError(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return codeOf(error) ?? 'unknown error';
  }
}

function describe(code: string): string {
  return code === 'EACCES' ? `permission denied for user ${process.getuid?.()}` : code;
}
