import { accessSync, constants, readdirSync } from 'node:fs';
import { codeOf } from '../errors.ts';
import { headOf } from '../files/head.ts';
import { pathOf } from './bytes.ts';
import type { FailureKind } from './failure.ts';

/** Why execve(2) refuses a file that exists and may be executed. */
export interface FormatObstacle {
  readonly errno: string;
  readonly kind: FailureKind;
  readonly text: string;
}

/** Enough for the first line of a script, and for the segments of a binary with the name of its loader. */
const HEAD_BYTES = 4_096;

/** The beginning of a program's file; `undefined` if it cannot be read. */
export function programHead(file: string): Buffer | undefined {
  return headOf(pathOf(file), HEAD_BYTES);
}

/** Checks a file by its beginning: a script needs its interpreter, a binary its loader. Anything else cannot be executed. */
export function formatObstacle(file: string, head: Buffer | undefined): FormatObstacle | undefined {
  if (process.platform !== 'linux') return undefined;
  // A file may be executable but not readable. Then only the kernel can decide.
  if (head === undefined) return undefined;
  if (head.toString('latin1', 0, 2) === '#!') return scriptObstacle(file, head);
  if (head.toString('latin1', 0, 4) === '\u007fELF') return binaryObstacle(file, head);
  if (hasBinaryFormats()) return undefined;
  return {
    errno: 'ENOEXEC',
    kind: 'format',
    text: `${file} is neither a program nor a script with an interpreter line (#!)`,
  };
}

/** A script with a missing interpreter fails with ENOENT, as if the script itself were missing. */
function scriptObstacle(file: string, head: Buffer): FormatObstacle | undefined {
  const interpreter = interpreterOf(head);
  if (interpreter === undefined)
    return { errno: 'ENOEXEC', kind: 'format', text: `the first line of ${file} names no interpreter` };
  const errno = executionError(interpreter);
  if (errno === undefined) return undefined;
  if (interpreter.endsWith('\r')) {
    const text = `the first line of ${file} ends with CR LF, so that its interpreter would be ${JSON.stringify(interpreter)}`;
    return { errno, kind: 'lineEnds', text };
  }
  const trouble = errno === 'ENOENT' ? 'which does not exist' : `which may not be executed (${errno})`;
  return {
    errno,
    kind: 'interpreter',
    text: `the first line of ${file} names the interpreter ${interpreter}, ${trouble}`,
  };
}

/** The interpreter that the first line of a script names; `undefined` if the file is no script. */
export function interpreterOf(head: Buffer): string | undefined {
  const line = head.toString('utf8').split('\n', 1)[0] ?? '';
  return /^#![ \t]*([^ \t]+)/.exec(line)?.[1];
}

/** ELF: the segment PT_INTERP names the dynamic loader. Only the 64-bit little-endian form is read. */
function binaryObstacle(file: string, head: Buffer): FormatObstacle | undefined {
  const [CLASS_64, LITTLE_ENDIAN, PT_INTERP] = [2, 1, 3];
  if (head.length < 64 || head[4] !== CLASS_64 || head[5] !== LITTLE_ENDIAN) return undefined;
  const table = Number(head.readBigUInt64LE(32));
  const [size, count] = [head.readUInt16LE(54), head.readUInt16LE(56)];
  for (let at = table; at + 56 <= head.length && at < table + size * count; at += Math.max(size, 56)) {
    if (head.readUInt32LE(at) !== PT_INTERP) continue;
    const begin = Number(head.readBigUInt64LE(at + 8));
    const loader = head.toString('utf8', begin, begin + Number(head.readBigUInt64LE(at + 32))).replace(/\0.*$/s, '');
    if (loader === '' || executionError(loader) === undefined) return undefined;
    return {
      errno: 'ENOENT',
      kind: 'loader',
      text: `${file} was linked for the loader ${loader}, which does not exist`,
    };
  }
  return undefined;
}

function executionError(file: string): string | undefined {
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) ?? String(error);
  }
}

/** Whether binfmt_misc handles other files (Java, Wine, foreign machines). Then the kernel must decide. */
function hasBinaryFormats(): boolean {
  try {
    return readdirSync('/proc/sys/fs/binfmt_misc').some((name) => name !== 'register' && name !== 'status');
  } catch {
    return false;
  }
}
