import { execFile } from 'node:child_process';
import { createRequire, isBuiltin, type SourceMapPayload } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { installation, ownExports } from './installation.ts';
import { nearest } from '../options/nearest.ts';
import { distrust } from '../find/trust.ts';

/** What esbuild made of a file, or what it says is wrong with it. */
export type Bundle =
  /** `sources`: the files whose code is in it, absolute. `sourceMap`: names them relative to the folder of the bundled file. */
  | {
      readonly kind: 'bundled';
      readonly code: string;
      readonly sources: readonly string[];
      readonly sourceMap: SourceMapPayload;
    }
  | { readonly kind: 'refused'; readonly faults: readonly SyntaxFault[] };

export interface SyntaxFault {
  readonly message: string;
  /** As esbuild names it: relative to the folder of the bundled file. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * esbuild's own program for this machine, ours or else that of the configuration's project. The program is run as a child: loaded as a
 * module it would keep 13 MB for as long as the daemon lives.
 */
export function findEsbuild(file: string): string | undefined {
  const own = esbuildFrom(import.meta.url);
  if (own !== undefined) return own;
  const theirs = esbuildFrom(pathToFileURL(file).href);
  // It is run: for root the same holds as for the configuration.
  return theirs === undefined || distrust(theirs, process.getuid?.() ?? -1, 'code') !== undefined ? undefined : theirs;
}

function esbuildFrom(url: string): string | undefined {
  try {
    const manifest = createRequire(url).resolve('esbuild/package.json');
    return createRequire(manifest).resolve(`@esbuild/${platform()}-${arch()}/bin/esbuild`);
  } catch {
    return undefined;
  }
}

/** Bundles a configuration with the files that it imports; packages stay imports, so that plugin classes are the same ones. */
export async function bundle(esbuild: string, file: string): Promise<Bundle> {
  const options = [
    '--bundle',
    '--packages=external',
    '--format=esm',
    '--platform=node',
    '--target=node20',
    // For the names of the files in it, and for the line of one that throws. Written apart, it would have to be a file.
    '--sourcemap=inline',
    '--sources-content=false',
    ...aliases(),
  ];
  const folder = dirname(file);
  const result = await run(esbuild, [file, ...options, '--color=false', '--log-level=error', '--log-limit=20'], folder);
  return result.kind === 'refused' ? result : { kind: 'bundled', ...apart(result.code, folder) };
}

const SOURCE_MAP = '//# sourceMappingURL=data:application/json;base64,';

/** Takes the source map out of a bundle: Node would keep it for as long as the module. */
function apart(bundled: string, folder: string): Omit<Extract<Bundle, { kind: 'bundled' }>, 'kind'> {
  const at = bundled.lastIndexOf(SOURCE_MAP);
  // esbuild's own: --sourcemap=inline writes one, always.
  const sourceMap = JSON.parse(
    Buffer.from(bundled.slice(at + SOURCE_MAP.length).trim(), 'base64').toString('utf8'),
  ) as SourceMapPayload;
  return { code: bundled.slice(0, at), sourceMap, sources: sourceMap.sources.map((name) => resolve(folder, name)) };
}

/**
 * Whether a bundle, whatever it does, loads no other code than this program's own and Node's: it imports nothing else, and has no word with
 * which more could be loaded. Errs on the side of no (the word may stand in a text).
 */
export function isSelfContained(code: string): boolean {
  const rest = code
    .replaceAll(IMPORT, (statement, specifier: string) => (isOwnCode(specifier) ? '' : statement))
    .replaceAll(/\bimport\.meta\b/g, '');
  return !/\b(?:import|require|eval|Function|dlopen|Worker)\b/.test(rest);
}

/** As esbuild prints it. */
const IMPORT = /\bimport\b(?:[^"'`;()]*\bfrom)?\s*\(?\s*"([^"]+)"/g;

/** Of Node's modules those that load no code. */
function isOwnCode(specifier: string): boolean {
  if (specifier.startsWith(`${installation}/`)) return true;
  return isBuiltin(specifier) && !/^(?:node:)?(?:module|vm|worker_threads|cluster|repl)$/.test(specifier);
}

/** What is wrong with the syntax of a file, by esbuild's judgement; empty where it finds nothing. */
export async function syntaxFaults(esbuild: string, file: string): Promise<readonly SyntaxFault[]> {
  const result = await run(esbuild, [file, '--color=false', '--log-level=error', '--log-limit=20'], dirname(file));
  return result.kind === 'refused' ? result.faults : [];
}

/**
 * A configuration's `tsvisor` is the one that reads it, also where none is installed beside it (in /etc) or another one is: with two copies
 * of a plugin in one process, the hooks of the one would be unknown to the other. Every subpath has an alias of its own, because esbuild
 * takes the alias of `tsvisor` for the beginning of the longer names, too.
 */
function aliases(): string[] {
  return [...ownExports()].flatMap(([name, file]) => [
    `--alias:${name}=${file}`,
    // Data become a part of the bundle: Node 20 would want to hear what they are.
    ...(file.endsWith('.json') ? [] : [`--external:${file}`]),
  ]);
}

/** A bundle of a configuration is small; one above this is not a configuration. */
const MAX_BUNDLE_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

type Output = { readonly kind: 'output'; readonly code: string } | Extract<Bundle, { kind: 'refused' }>;

function run(esbuild: string, args: readonly string[], cwd: string): Promise<Output> {
  return new Promise((settle) => {
    execFile(esbuild, [...args], { cwd, maxBuffer: MAX_BUNDLE_BYTES, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) settle({ kind: 'output', code: stdout });
      else settle({ kind: 'refused', faults: readFaults(stderr, error.message) });
    });
  });
}

/** esbuild's messages: a mark and the text, and on the next line but one the place. */
const FAULT = /\[ERROR\] (?<message>.*)\n(?:\n\s+(?<file>\S.*?):(?<line>\d+):(?<column>\d+):)?/gu;

function readFaults(stderr: string, fallback: string): SyntaxFault[] {
  const faults = [...stderr.matchAll(FAULT)].map(({ groups = {} }) => ({
    message: groups['message'] ?? fallback,
    ...(groups['file'] !== undefined && {
      file: groups['file'],
      line: Number(groups['line']),
      // esbuild counts columns from 0.
      column: Number(groups['column']) + 1,
    }),
  }));
  return faults.length === 0 ? [{ message: stderr.trim() || fallback }] : inOurWords(faults);
}

/** A subpath that we do not have: esbuild tries it below the file that stands for `tsvisor`, and complains twice about what it finds there. */
function inOurWords(faults: readonly SyntaxFault[]): SyntaxFault[] {
  const missing = faults.map(
    ({ message }) => /^Could not resolve .*\(originally "(tsvisor\/[^"]+)"\)$/.exec(message)?.[1],
  );
  if (missing.every((name) => name === undefined)) return [...faults];
  const names = [...ownExports().keys()];
  return faults.flatMap((fault, index) => {
    const name = missing[index];
    if (name !== undefined) return [{ ...fault, message: noSuchExport(name, names) }];
    return fault.message.startsWith('Cannot read directory') ? [] : [fault];
  });
}

function noSuchExport(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return `there is no "${name}"${meant === undefined ? `; there are ${names.join(', ')}` : `; did you mean "${meant}"?`}`;
}
