import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ownFolders } from './installation.ts';

/** A place in a file, counted from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A bundle that was run in place of the files it is made of. */
export interface RunBundle {
  readonly file: string;
  readonly sourceMap: SourceMapPayload;
}

/** The line of a configuration that threw, or of a file that it imports; `undefined` where the error does not lead to one. */
export function thrownAt(error: unknown, bundle: RunBundle | undefined): FilePlace | undefined {
  if (!(error instanceof Error)) return undefined;
  const frames = (error.stack ?? '').split('\n').flatMap((line) => frameOf(line) ?? []);
  const place = frames.find(({ file }) => !isForeign(file));
  if (place === undefined) return undefined;
  return place.file === bundle?.file ? (originOf(place, bundle) ?? undefined) : place;
}

/** A frame of the stack: `at load (file:///etc/tsv.config.mjs?VERSION:12:9)`. */
function frameOf(line: string): FilePlace | undefined {
  const [, address, row, column] = /^\s+at (?:.*\()?(file:\/\/[^?)]+)(?:\?[^)]*)?:(\d+):(\d+)\)?$/.exec(line) ?? [];
  if (address === undefined) return undefined;
  return { file: fileURLToPath(address), line: Number(row), column: Number(column) };
}

/** What a user has not written. */
function isForeign(file: string): boolean {
  return file.includes('/node_modules/') || ownFolders().some((folder) => file.startsWith(`${folder}/dist/`));
}

/** Node counts both from 0 here. */
function originOf({ line, column }: FilePlace, { file, sourceMap }: RunBundle): FilePlace | undefined {
  const entry = new SourceMap(sourceMap).findEntry(line - 1, column - 1);
  if (!('originalSource' in entry)) return undefined;
  return {
    file: resolve(dirname(file), entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}
