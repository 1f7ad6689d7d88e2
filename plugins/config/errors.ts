/** What keeps a configuration from being read at all: the codes in {@link Problem.code}, each with its text. */
export const CONFIG_ERRORS = {
  /** No file was given and none was found. */
  TSV_CONFIG_NOT_FOUND: (places: readonly string[]) =>
    `no configuration found; looked for ${places.join(', ')}; use -c FILE to name another one`,
  /** The file that was given does not exist or cannot be read. */
  TSV_CONFIG_UNREADABLE: (file: string, reason: string) => `could not read config file ${file}: ${reason}`,
  /** A JavaScript, TypeScript, JSON or YAML file does not parse. */
  TSV_CONFIG_SYNTAX: (message: string) => `syntax error: ${message}`,
  /** The code in a configuration failed while it ran. */
  TSV_CONFIG_THREW: (message: string) => `the configuration threw an error: ${message}`,
  /** The code in a configuration did not come to an end. */
  TSV_CONFIG_ENDLESS: (how: string) =>
    `it ${how}; a configuration has to come to an end: look for a loop, or for what it waits for`,
  /** A module that the configuration imports is missing. */
  TSV_CONFIG_IMPORT: (message: string) => `the configuration imports something that is missing: ${message}`,
  /** The file exports something else than a record. */
  TSV_CONFIG_EXPORT: (what: string) =>
    `the file has to export a configuration (export default defineConfig({ … })), and exports ${what}`,
  /** There is nothing on this machine that turns TypeScript into JavaScript. */
  TSV_CONFIG_NO_TYPESCRIPT: () =>
    'this Node cannot read TypeScript and the esbuild package is not installed; use Node 22.18 or later, install esbuild, ' +
    'or write the configuration as .mjs, .json or .conf',
  /** Node 20 reads a TypeScript configuration by way of a file beside it. */
  TSV_CONFIG_FOLDER_READONLY: (folder: string, reason: string) =>
    `cannot write a temporary file into ${folder} (${reason}), which reading TypeScript needs on this version of Node; ` +
    'use Node 22.18 or later, make the folder writable, or write the configuration as .mjs, .json or .conf',
  /** Somebody other than root could have root run anything. */
  TSV_CONFIG_UNTRUSTED: (file: string, why: string) =>
    `${file} ${why}, and as root it would be run with all rights; let it, and every folder and link that leads to it, belong to root and be` +
    ' writable by root alone (chown root:root, chmod go-w)',
  /** Somebody other than the user who starts tsvd could have it run anything. */
  TSV_CONFIG_FOREIGN: (file: string, why: string) =>
    `${file} ${why}; it was found in the working directory, and runs only when it is named: -c ${file}`,
  /** A group could have root run anything. Supervisor says nothing of it. */
  TSV_CONFIG_GROUP_WRITABLE: (why: string) =>
    `${why}: everybody in that group can run commands as root; take the right away (chmod g-w), or give the file to group root`,
  /** A plugin, or the configuration, imports a tsvisor of its own. */
  TSV_CONFIG_TWO_COPIES: (own: string, others: readonly string[]) =>
    `two copies of tsvisor are loaded: ${own} runs, and ${others.join(', ')} was imported; hooks, services and option types of the other copy` +
    ' have no effect. Let the plugin have tsvisor as a peerDependency and not in its own node_modules (npm link: link tsvisor into it, too)',
  /** An entry of `plugins` is not a plugin. */
  TSV_CONFIG_PLUGIN: (what: string) =>
    `plugins has to be an array of plugins (objects with a name and a method apply); ${what} is none`,
} as const satisfies Record<`TSV_${string}`, (...details: never[]) => string>;

export type ConfigErrorCode = keyof typeof CONFIG_ERRORS;
