/** Reading configurations: finding them, their documents and options, and what comes of them. */
export { loadConfiguration, readConfiguration, type Loaded, type LoadOptions } from './load.ts';
export { readConfigurationFile } from './find/file.ts';
export { isNative } from './find/find.ts';
export type { Config } from './native/config-type.ts';
export { lookUpUsersAtStart } from './resolve/current-users.ts';
export { checkHost } from './resolve/host.ts';
export { checkPrograms } from './resolve/host-programs.ts';
export { placeOf, printProblem, showValue, type Problem } from './problem.ts';
export { printConfiguration } from './print.ts';
export { resolve, type Resolved } from './resolve/resolve.ts';
export type { Document, OptionEntry, Place, Section } from './document.ts';
export type { Overrides } from './resolve/supervisord.ts';
export { anyUserDatabase } from './resolve/user-database.ts';
export { nativeDocument } from './native/native.ts';
export { isSame, nativeOf, specOf, textOf } from './option-types/option-type.ts';
export { SUPERVISOR_OPTIONS } from './options/supervisor-options.ts';
export {
  groupOptions,
  programOptions,
  supervisorctlOptions,
  supervisordOptions,
  tablesOf,
  type KnownOption,
  type Tables,
} from './options/tables.ts';
