/**
 * Loading a configuration that is code. A `.js`, `.mjs` or `.cjs` file is imported. A `.ts` or `.mts` file is
 *
 * 1. bundled by esbuild in a child process (about 20 ms, no memory afterwards), written beside the file under an unpredictable name, imported,
 *    and always removed;
 * 2. imported directly if esbuild is not installed or the folder is not writable, and Node strips types (22.18 and later);
 * 3. otherwise refused, with an error that says what to do.
 *
 * A JavaScript file is bundled, too, if its import of tsvisor would fail or find another copy. As root, it is also bundled to check the files
 * that it imports.
 *
 * The same file may be loaded again after a change: Node keeps every module it has imported, so each version gets an address of its
 * own. What a `.js` file imports is not read again; a bundle holds all of it.
 *
 * Root runs none that others can write: trust.ts has the rule, module-guard.ts holds it for what only shows while the configuration runs.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { codeOf, reasonOf } from '../../../core/index.ts';
import { CONFIG_ERRORS } from '../errors.ts';
import type { ConfigErrorCode } from '../errors.ts';
import { bundle, findEsbuild, isSelfContained, syntaxFaults } from './esbuild.ts';
import type { Bundle, SyntaxFault } from './esbuild.ts';
import { builtModule, findsOtherCopy, ownFolders } from './installation.ts';
import type * as ModuleGuard from './module-guard.ts';
import type { Problem } from '../problem.ts';
import { thrownAt, type RunBundle } from './thrown-at.ts';
import { distrust } from '../find/trust.ts';

/** What a file exports, or why it cannot be told. */
export type Loading = { readonly exported: unknown } | { readonly problems: readonly Problem[] };

/** How long a configuration may take to say what it exports. */
const DEADLINE_MS = 10_000;

/** `uid`: who runs it; root does not run what others can write, wherever it is imported from. */
export async function loadModule(file: string, uid: number, deadlineMs = DEADLINE_MS): Promise<Loading> {
  const isTypeScript = ['.ts', '.mts'].includes(extname(file));
  const wantsBundle = isTypeScript || (extname(file) !== '.cjs' && (await findsOtherCopy(file)));
  const esbuild = wantsBundle || uid === 0 ? findEsbuild(file) : undefined;
  const attempt = { file, deadlineMs, isGuarded: uid === 0 };
  if (esbuild !== undefined) {
    const result = await bundle(esbuild, file);
    const distrusted = result.kind === 'bundled' ? distrustAny(result.sources, uid) : [];
    if (distrusted.length > 0) return { problems: distrusted };
    if (wantsBundle) return loadBundled(result, attempt);
  }
  if (!isTypeScript || stripsTypes()) return importModule(file, attempt);
  return failure('TSV_CONFIG_NO_TYPESCRIPT', file, CONFIG_ERRORS.TSV_CONFIG_NO_TYPESCRIPT());
}

/** @types/node 20 does not know the feature yet. */
function stripsTypes(): boolean {
  return 'typescript' in process.features && Boolean(process.features.typescript);
}

function distrustAny(files: readonly string[], uid: number): readonly Problem[] {
  return files.flatMap((file) => distrust(file, uid, 'code') ?? []);
}

/** A configuration that is to be imported. */
interface Attempt {
  readonly file: string;
  readonly deadlineMs: number;
  /** Whether Node has to refuse modules that others can write. */
  readonly isGuarded: boolean;
}

async function loadBundled(result: Bundle, attempt: Attempt): Promise<Loading> {
  const { file } = attempt;
  if (result.kind === 'refused') return { problems: result.faults.map((fault) => syntaxProblem(file, fault)) };
  const output = join(dirname(file), `.${basename(file)}.${process.pid}.${randomBytes(8).toString('hex')}.mjs`);
  try {
    // Never through a link that somebody put there, and for nobody else to read.
    await writeFile(output, result.code, { flag: 'wx', mode: 0o600 });
    const isGuarded = attempt.isGuarded && !isSelfContained(result.code);
    return await importModule(output, { ...attempt, isGuarded }, { file: output, sourceMap: result.sourceMap });
  } catch (error) {
    if (stripsTypes()) return importModule(file, attempt); // a folder that cannot be written is no obstacle to that
    return failure(
      'TSV_CONFIG_FOLDER_READONLY',
      file,
      CONFIG_ERRORS.TSV_CONFIG_FOLDER_READONLY(dirname(file), reasonOf(error)),
    );
  } finally {
    await rm(output, { force: true });
  }
}

/** Imports `source`; what goes wrong is told about the attempt's file. `bundle`: what `source` is, where it is one. */
async function importModule(
  source: string,
  { file, deadlineMs, isGuarded }: Attempt,
  bundle?: RunBundle,
): Promise<Loading> {
  try {
    const guard = isGuarded
      ? { address: builtModule('plugins/config/native/module-guard'), own: ownFolders() }
      : undefined;
    if (guard !== undefined) await startGuard(guard);
    const endless = await whyEndless(source, deadlineMs, guard);
    if (endless !== undefined) return failure('TSV_CONFIG_ENDLESS', file, CONFIG_ERRORS.TSV_CONFIG_ENDLESS(endless));
    const { href } = pathToFileURL(source);
    const module: unknown = await import(`${href}?${await version(source)}`);
    return { exported: await exportOf(module) };
  } catch (error) {
    return describeFailure(file, error, bundle);
  }
}

/** Node's exit status where nothing is left that could settle what is awaited. */
const NEVER_SETTLED = 13;

/**
 * Tries the configuration in a child process first. A loop that does not end would stop this process for good, and a daemon
 * with it: nothing in JavaScript can interrupt it from within. Whatever else is wrong with it is told by the real import.
 */
function whyEndless(source: string, deadlineMs: number, guard: Guard | undefined): Promise<string | undefined> {
  // Where this process ends, its end of the pipe does, and the trial with it; a loop sees nothing of that, and meets its limit.
  const script =
    'process.stdin.on("end", () => process.exit()).resume().unref();' +
    (guard === undefined ? '' : '(await import(process.argv[2])).guardModules(JSON.parse(process.argv[3]));') +
    'await import(process.argv[1]).then((module) => module.default).then(() => process.exit(0), () => process.exit(0))';
  const given = guard === undefined ? [] : [guard.address, JSON.stringify(guard.own)];
  const node = ['--no-warnings', '--input-type=module', '--eval', script, '--', pathToFileURL(source).href, ...given];
  const cpuSeconds = Math.ceil(deadlineMs / 1000) + 1;
  const args = ['-c', `ulimit -t ${cpuSeconds}; exec "$@"`, 'sh', process.execPath, ...node];
  return new Promise((resolve) => {
    const options = { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: Infinity } as const;
    execFile('/bin/sh', args, options, (error) => {
      if (error?.killed === true) resolve(`was still running after ${deadlineMs / 1000} s`);
      else resolve(error?.code === NEVER_SETTLED ? 'waits for something that never happens' : undefined);
    });
  });
}

/** What {@link guardModules} needs, in this process and in the one that tries the configuration first. */
interface Guard {
  readonly address: string;
  readonly own: readonly string[];
}

async function startGuard({ address, own }: Guard): Promise<void> {
  const { guardModules }: typeof ModuleGuard = await import(address);
  guardModules(own);
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

async function describeFailure(file: string, error: unknown, bundle: RunBundle | undefined): Promise<Loading> {
  if (codeOf(error) === 'ENOENT')
    return failure('TSV_CONFIG_UNREADABLE', file, CONFIG_ERRORS.TSV_CONFIG_UNREADABLE(file, 'no such file'));
  if (codeOf(error) === 'TSV_CONFIG_UNTRUSTED') {
    const message = reasonOf(error);
    return { problems: [{ severity: 'error', kind: 'host', code: 'TSV_CONFIG_UNTRUSTED', file, message }] };
  }
  if (codeOf(error) === 'ERR_MODULE_NOT_FOUND')
    return failure('TSV_CONFIG_IMPORT', file, CONFIG_ERRORS.TSV_CONFIG_IMPORT(reasonOf(error)));
  if (!(error instanceof SyntaxError)) {
    const message = CONFIG_ERRORS.TSV_CONFIG_THREW(reasonOf(error));
    const place = thrownAt(error, bundle) ?? { file };
    return { problems: [{ severity: 'error', kind: 'form', code: 'TSV_CONFIG_THREW', ...place, message }] };
  }
  // The error of an import does not say where.
  const esbuild = findEsbuild(file);
  const faults =
    esbuild === undefined ? [await checkedByNode(file, reasonOf(error))] : await syntaxFaults(esbuild, file);
  const [first = { message: reasonOf(error) }] = faults;
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
