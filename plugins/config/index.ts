/** Reading configurations: finding them, their documents and options, and what comes of them. */
export { loadConfiguration, type Loaded, type LoadOptions } from './load.ts';
export { defineConfig, type Config } from './define.ts';
export { checkHost, type Needs } from './host.ts';
export { printProblem, type Problem } from './problem.ts';
export { printConfiguration } from './print.ts';
export { resolve, type Resolved } from './resolve.ts';
export type { Document, OptionEntry, Place, Section } from './document.ts';
export type { Host, HostPath } from './context.ts';
export type { Overrides, SupervisordSettings } from './supervisord.ts';
export type { RpcInterface } from './rpc-interfaces.ts';
export { anyUserDatabase, openUserDatabase, type UserDatabase } from './user-database.ts';
export { groupOptions, programOptions, supervisorctlOptions, supervisordOptions } from './core-options.ts';
export { CONFIG_ERRORS, type ConfigErrorCode } from './errors.ts';
export { nearest } from './nearest.ts';
export { BUILT_IN } from './built-in.ts';
export { NAMED_KINDS } from './native.ts';
export { isSame, nativeOf, specOf, textOf } from './option-type.ts';
export { tablesOf, type KnownOption, type NamedPluginOptions, type Tables } from './tables.ts';
