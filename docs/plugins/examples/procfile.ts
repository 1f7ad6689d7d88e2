import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { groupConfig, processConfig, type Plugin, type Supervisor } from 'tsvisor/core';

/** A line of a Procfile: `web: node server.js`. */
interface Entry {
  readonly name: string;
  readonly command: string;
}

/** Runs what a Procfile lists, as one group, beside the programs of the configuration. */
export class ProcfilePlugin implements Plugin {
  readonly name = 'procfile';
  readonly #file: string;
  readonly #group: string;

  constructor({ file = 'Procfile', group = 'procfile' }: { readonly file?: string; readonly group?: string } = {}) {
    this.#file = resolve(file);
    this.#group = group;
  }

  apply(supervisor: Supervisor): void {
    // At the start and at every reload: a changed Procfile is a changed configuration, with a plan like any other.
    supervisor.hooks.config.tapPromise(this.name, async (config) => {
      if (config.groups.some(({ name }) => name === this.#group)) {
        throw new Error(`there is already a group ${this.#group}; give the plugin another one: { group: '…' }`);
      }
      const entries = parseProcfile(await readFile(this.#file, 'utf8'), this.#file);
      const directory = dirname(this.#file);
      const processes = entries.map(({ name, command }) =>
        // Heroku's rule: a command is a line for the shell.
        processConfig({
          name,
          directory,
          command: `/bin/sh -c ${quoted(command)}`,
          stopasgroup: true,
          killasgroup: true,
        }),
      );
      return { ...config, groups: [...config.groups, groupConfig({ name: this.#group, processes })] };
    });
  }
}

/** Reports all problems at once. A refused Procfile is refused as a whole, and nothing is started. */
export function parseProcfile(text: string, file: string): Entry[] {
  const entries = new Map<string, Entry>();
  const problems: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, name, command] = /^([\w-]+):\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || command === undefined) {
      problems.push(`${file}:${index + 1}: ${JSON.stringify(line)} is not "name: command"`);
    } else if (entries.has(name)) {
      problems.push(`${file}:${index + 1}: there is already a ${name}`);
    } else {
      entries.set(name, { name, command });
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return [...entries.values()];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}
