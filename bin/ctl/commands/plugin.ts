import { resolve } from 'node:path';
import { reasonOf } from '../../../core/index.ts';
import type { Command } from '../command.ts';
import { isPluginName, writePlugin } from '../plugin-template.ts';

export const plugin: Command = {
  name: 'plugin',
  usage: [
    ['plugin new NAME', 'begin a plugin: a folder tsvisor-plugin-NAME that builds, with a test'],
    ['plugin new NAME FOLDER', 'the same in another folder, which must not be there yet'],
  ],
  run(session, words) {
    const [verb, name, folder = `tsvisor-plugin-${name}`, ...more] = words;
    if (verb !== 'new' || name === undefined || more.length > 0)
      return session.misuse('Error: plugin new NAME', plugin);
    if (!isPluginName(name)) {
      return session.fail(
        `Error: ${name} is not a name for a plugin; use small letters and hyphens, such as flap-guard`,
      );
    }
    try {
      const files = writePlugin(name, resolve(folder));
      for (const file of files) session.line(file);
      session.line(`next: cd ${folder} && npm install && npm test`);
    } catch (error) {
      session.fail(`Error: cannot write ${folder}: ${reasonOf(error)}`);
    }
  },
};
