import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

declare const TSV_VERSION: string;

/** The files of the template in docs/plugins/template, and their paths in a plugin. */
const FILES = {
  'package.template.json': 'package.json',
  'tsconfig.template.json': 'tsconfig.json',
  'README.template.md': 'README.md',
  'index.ts': 'src/index.ts',
  'index.test.ts': 'src/index.test.ts',
} as const;

/**
 * Writes a plugin that builds, passes its test and can be published: the template that our own tests run, under another
 * name. Returns the files. Throws if the folder exists; nothing is overwritten.
 */
export function writePlugin(name: string, folder: string): readonly string[] {
  const home = dirname(createRequire(import.meta.url).resolve('tsvisor/package.json'));
  mkdirSync(folder); // fails where there is one
  mkdirSync(join(folder, 'src'));
  return Object.entries(FILES).map(([from, to]) => {
    const text = readFileSync(join(home, 'docs/plugins/template', from), 'utf8');
    writeFileSync(join(folder, to), renamed(text, name).replace(REQUIREMENT, requirement(home)));
    return join(folder, to);
  });
}

/** kebab-case, as plugins are named in errors and hooks. */
export function isPluginName(name: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
}

/** The devDependency on tsvisor in the template. */
const REQUIREMENT = '"tsvisor": "TSVISOR_VERSION"';

/** The version of a checkout may not be in the registry, so the plugin is built against the checkout itself. */
function requirement(home: string): string {
  const isInstalled = basename(dirname(home)) === 'node_modules';
  return `"tsvisor": ${JSON.stringify(isInstalled ? `^${TSV_VERSION}` : `file:${home}`)}`;
}

function renamed(text: string, name: string): string {
  const words = name.split('-');
  const className = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  // A namespace of methods and events is one word.
  const namespace = words.join('_');
  return text
    .replaceAll('^TSVISOR_VERSION', `^${TSV_VERSION}`)
    .replaceAll('ExamplePlugin', `${className}Plugin`)
    .replaceAll('tsvisor-plugin-example', `tsvisor-plugin-${name}`)
    .replaceAll("name = 'example'", `name = '${name}'`)
    .replaceAll(/\bexample(?=[.:]\w)/g, namespace);
}
