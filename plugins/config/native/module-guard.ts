/**
 * Lets Node load no module that somebody other than root can write, wherever its name comes from: a computed `import(…)`, a `require`, a
 * plugin that loads a part of itself an hour later. What a bundle holds has been checked before; everything else passes here.
 *
 * Node 22.15 and later call {@link load} in the same thread for every module. Before that, hooks for `import` run in a thread of their own
 * (this file is loaded there, and costs 8 MB), and `require` goes through its table of extensions.
 *
 * This module is built as a file of its own, because Node loads it by its address.
 */
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

import { CONFIG_ERRORS } from '../errors.ts';
import { distrust } from '../find/trust.ts';

/** Folders of this program itself, which runs already. */
let own: readonly string[] = [];
let isGuarded = false;

/** From here on, for as long as this process lives. */
export function guardModules(ownFolders: readonly string[]): void {
  if (isGuarded) return;
  isGuarded = true;
  initialize(ownFolders);
  if (registerInThread({ load })) return;
  nodeModule.register(import.meta.url, { data: ownFolders });
  guardRequire();
  process.on('unhandledRejection', passOn);
}

/**
 * Node 20 rejects twice where a CommonJS module that is imported requires a refused one: the import, whose caller reports it, and a promise
 * that nobody has. Any other rejection stays what it is without this listener.
 */
function passOn(error: unknown): void {
  const isReported = error instanceof Error && 'code' in error && error.code === 'TSV_CONFIG_UNTRUSTED';
  if (!isReported && process.listenerCount('unhandledRejection') === 1) throw error;
}

/** Called by Node in the thread of the hooks. */
export function initialize(ownFolders: readonly string[]): void {
  own = ownFolders.map((folder) => `${folder}/`);
}

/** Called by Node for every module, with the hook that would load it. */
export function load<Context, Result>(
  url: string,
  context: Context,
  next: (url: string, context: Context) => Result,
): Result {
  if (url.startsWith('file:')) refuseUntrusted(fileURLToPath(url));
  return next(url, context);
}

/** @throws Error with the code of the problem. */
function refuseUntrusted(file: string): void {
  if (own.some((folder) => file.startsWith(folder))) return;
  if (!CODE.test(file))
    throw untrusted(file, CONFIG_ERRORS.TSV_CONFIG_UNTRUSTED(file, 'is not named as code (.js, .json, …)'));
  const problem = distrust(file, 0, 'code');
  if (problem !== undefined) throw untrusted(file, problem.message);
}

/** `require` runs a file of any other name as JavaScript: a link of somebody else's to the log of a program would do. */
const CODE = /\.(?:[cm]?[jt]s|json|node|wasm)$/;

function untrusted(file: string, message: string): Error {
  return Object.assign(new Error(message), { code: 'TSV_CONFIG_UNTRUSTED', file });
}

/** @types/node 20 does not know it yet. */
function registerInThread(hooks: { readonly load: typeof load }): boolean {
  if (!('registerHooks' in nodeModule) || typeof nodeModule.registerHooks !== 'function') return false;
  nodeModule.registerHooks(hooks);
  return true;
}

/** The documented table, deprecated for adding languages and not for this. A file of another extension is loaded as `.js`. */
function guardRequire(): void {
  const { extensions } = nodeModule.createRequire(import.meta.url);
  for (const extension of ['.js', '.json', '.node'] as const) {
    const loadFile = extensions[extension];
    extensions[extension] = (module, file) => {
      refuseUntrusted(file);
      loadFile(module, file);
    };
  }
}
