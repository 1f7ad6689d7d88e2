/**
 * Loading a configuration that is code. A `.js`, `.mjs` or `.cjs` file is imported. A `.ts` or `.mts` file is
 *
 * 1. imported as well, where Node strips types (22.18 and later);
 * 2. else bundled by esbuild's program in a child process (about 20 ms, and nothing stays in memory), written beside the file under a name
 *    nobody can foresee, imported, and removed, whatever happens;
 * 3. else an error that says what to do.
 *
 * The same file may be loaded again after a change: Node keeps every module it has imported, so each version gets an address of its
 * own. What a `.js` file imports is not read again; a bundle holds all of it.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { CONFIG_ERRORS } from './errors.ts';
import type { ConfigErrorCode } from './errors.ts';
import { bundle, findEsbuild, syntaxFaults } from './esbuild.ts';
import type { Bundle, SyntaxFault } from './esbuild.ts';
import type { Problem } from './problem.ts';
import { distrust } from './trust.ts';

/** What a file exports, or why it cannot be told. */
export type Loading = { readonly exported: unknown } | { readonly problems: readonly Problem[] };

/** Extensions of files that are loaded by running them. */
export const CODE_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '.cjs'] as const;

/** How long a configuration may take to say what it exports. */
const DEADLINE_MS = 10_000;

/** `uid`: who runs it; root does not run what others can write, wherever it is imported from. */
export async function loadModule(file: string, uid: number, deadlineMs = DEADLINE_MS): Promise<Loading> {
  const isTypeScript = ['.ts', '.mts'].includes(extname(file));
  const esbuild = isTypeScript || uid === 0 ? findEsbuild(file) : undefined;
  if (esbuild !== undefined) {
    const result = await bundle(esbuild, file);
    const distrusted = result.kind === 'bundled' ? await distrustAny(result.sources, uid) : [];
    if (distrusted.length > 0) return { problems: distrusted };
    if (isTypeScript) return loadBundled(file, result, deadlineMs);
  }
  if (!isTypeScript || stripsTypes()) return importModule(file, file, deadlineMs);
  return failure('TSV_CONFIG_NO_TYPESCRIPT', file, CONFIG_ERRORS.TSV_CONFIG_NO_TYPESCRIPT());
}

/** @types/node 20 does not know the feature yet. */
function stripsTypes(): boolean {
  return 'typescript' in process.features && Boolean(process.features.typescript);
}

async function distrustAny(files: readonly string[], uid: number): Promise<readonly Problem[]> {
  const problems = await Promise.all(files.map((file) => distrust(file, uid)));
  return problems.flatMap((problem) => problem ?? []);
}

async function loadBundled(file: string, result: Bundle, deadlineMs: number): Promise<Loading> {
  if (result.kind === 'refused') return { problems: result.faults.map((fault) => syntaxProblem(file, fault)) };
  const output = join(dirname(file), `.${basename(file)}.${process.pid}.${randomBytes(8).toString('hex')}.mjs`);
  try {
    // Never through a link that somebody put there, and for nobody else to read.
    await writeFile(output, result.code, { flag: 'wx', mode: 0o600 });
    return await importModule(output, file, deadlineMs);
  } catch (error) {
    if (stripsTypes()) return importModule(file, file, deadlineMs); // a folder that cannot be written is no obstacle to that
    return failure(
      'TSV_CONFIG_FOLDER_READONLY',
      file,
      CONFIG_ERRORS.TSV_CONFIG_FOLDER_READONLY(dirname(file), reason(error)),
    );
  } finally {
    await rm(output, { force: true });
  }
}

/** Imports `source`; what goes wrong is told about `file`. */
async function importModule(source: string, file: string, deadlineMs: number): Promise<Loading> {
  try {
    if (!(await endsInTime(source, deadlineMs)))
      return failure('TSV_CONFIG_ENDLESS', file, CONFIG_ERRORS.TSV_CONFIG_ENDLESS(file, deadlineMs / 1000));
    const { href } = pathToFileURL(source);
    const module: unknown = await import(`${href}?${await version(source)}`);
    return { exported: await exportOf(module) };
  } catch (error) {
    return describeFailure(file, error);
  }
}

/**
 * Tries the configuration in a child process first. A loop that does not end would stop this process for good, and a daemon
 * with it: nothing in JavaScript can interrupt it from within. Whatever else is wrong with it is told by the real import.
 */
function endsInTime(source: string, deadlineMs: number): Promise<boolean> {
  const script = 'await import(process.argv[1]).then(() => process.exit(), () => process.exit())';
  const args = ['--no-warnings', '--input-type=module', '--eval', script, '--', pathToFileURL(source).href];
  return new Promise((resolve) => {
    const options = { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: Infinity } as const;
    execFile(process.execPath, args, options, (error) => resolve(error?.killed !== true));
  });
}

/** The default export; of a module without one its exports, if it has any. */
function exportOf(module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : namedExports(module);
}

function namedExports(module: unknown): unknown {
  return typeof module === 'object' && module !== null && Object.keys(module).length > 0 ? module : undefined;
}

async function version(file: string): Promise<string> {
  const { mtimeMs, size } = await stat(file);
  return `${mtimeMs}-${size}`;
}

async function describeFailure(file: string, error: unknown): Promise<Loading> {
  if (codeOf(error) === 'ENOENT')
    return failure('TSV_CONFIG_UNREADABLE', file, CONFIG_ERRORS.TSV_CONFIG_UNREADABLE(file, 'no such file'));
  if (codeOf(error) === 'ERR_MODULE_NOT_FOUND')
    return failure('TSV_CONFIG_IMPORT', file, CONFIG_ERRORS.TSV_CONFIG_IMPORT(reason(error)));
  if (!(error instanceof SyntaxError))
    return failure('TSV_CONFIG_THREW', file, CONFIG_ERRORS.TSV_CONFIG_THREW(reason(error)));
  // The error of an import does not say where.
  const esbuild = findEsbuild(file);
  const faults = esbuild === undefined ? [await checkedByNode(file, reason(error))] : await syntaxFaults(esbuild, file);
  const [first = { message: reason(error) }] = faults;
  return { problems: [first, ...faults.slice(1)].map((fault) => syntaxProblem(file, fault)) };
}

/** The position, from Node's own check in a child. */
function checkedByNode(file: string, message: string): Promise<SyntaxFault> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--check', file], (_error, _stdout, stderr) => {
      const line = /:(\d+)$/m.exec(stderr)?.[1];
      resolve({ message, ...(line !== undefined && { file, line: Number(line) }) });
    });
  });
}

function syntaxProblem(file: string, { message, file: at = file, line, column }: SyntaxFault): Problem {
  return {
    severity: 'error',
    kind: 'form',
    code: 'TSV_CONFIG_SYNTAX',
    file: resolve(dirname(file), at),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    message: CONFIG_ERRORS.TSV_CONFIG_SYNTAX(message),
  };
}

function failure(code: ConfigErrorCode, file: string, message: string): Loading {
  return { problems: [{ severity: 'error', kind: 'form', code, file, message }] };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
