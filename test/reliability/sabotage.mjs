// Damage that the harness does itself, to show that its checks find it: `--sabotage KIND[,KIND]`.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killPid } from './processes.mjs';
import { LINE } from './output.mjs';

/** While the daemon runs. Each gets the running test, and returns what it did. */
export const DURING = {
  /** A second copy of an idle child, as somebody would start it by hand. */
  doubled({ programs, binary, environment }) {
    const { name, args } = programs.find(({ writes, ends }) => !writes && !ends);
    const { pid } = spawn(binary, args, { stdio: 'ignore', env: environment, detached: true });
    return `started a second copy of ${name} (pid ${pid})`;
  },

  /** SIGKILL from outside. */
  lost({ programs, live }) {
    const { name } = programs.findLast(({ writes, ends }) => !writes && !ends);
    const [pid] = live().get(name);
    killPid(pid);
    return `killed ${name} (pid ${pid})`;
  },
};

/** After the end of the daemon, before the checks. */
export const AFTERWARDS = {
  /** A line in the middle of a log file is deleted. */
  missing: (test) => edit(test, 'stdout', (text, at) => text.slice(0, at) + text.slice(at + LINE)),

  /** 30 bytes within a line are deleted. */
  garbled: (test) => edit(test, 'stderr', (text, at) => text.slice(0, at + 20) + text.slice(at + 50)),

  /** A line occurs twice. */
  duplicated: (test) => edit(test, 'stdout', (text, at) => text.slice(0, at + LINE) + text.slice(at)),

  /** Two lines change places. */
  disordered: (test) =>
    edit(
      test,
      'stderr',
      (text, at) =>
        text.slice(0, at) +
        text.slice(at + LINE, at + 2 * LINE) +
        text.slice(at, at + LINE) +
        text.slice(at + 2 * LINE),
    ),

  /** A line of stderr is copied into the file of stdout. */
  crossed(test) {
    const { stderr } = test.programs.find(({ writes }) => writes);
    const line = readFileSync(stderr, 'latin1').slice(0, LINE);
    return edit(test, 'stdout', (text, at) => text.slice(0, at) + line + text.slice(at));
  },

  /** The record of a child says another status than its end had. */
  wrong({ programs, folder }) {
    const file = programs
      .filter(({ ends }) => ends)
      .map(({ name }) => join(folder, 'records', name))
      .find((path) => existsSync(path) && /^end .* exit/m.test(readFileSync(path, 'utf8')));
    if (file === undefined) throw new Error('no child has ended with an exit status yet; use a longer --seconds');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^(end .* exit) \d+$/m, '$1 121'));
    return `changed a status in ${file}`;
  },
};

/** Changes the log file of the first program that writes, at a line in its middle. */
function edit({ programs }, stream, change) {
  const file = programs.find(({ writes }) => writes)[stream];
  const text = readFileSync(file, 'latin1');
  writeFileSync(file, change(text, Math.floor(text.length / LINE / 2) * LINE), 'latin1');
  return `changed ${file}`;
}
