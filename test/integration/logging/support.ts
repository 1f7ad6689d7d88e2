import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type Plugin,
  type ProcessConfig,
} from '../../../core/index.ts';
import { createPosixSpawner, loadPosix } from '../../../core/posix.ts';
import { LoggingPlugin, type LoggingOptions } from '../../../plugins/output/logging/index.ts';
import { later } from '../../support/later.ts';

/** A folder of its own for one test, which other users may enter. */
export function testFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsv-logging-')));
  chmodSync(folder, 0o755);
  later(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a test says about a program: a shell script, and options. */
export interface Program extends Partial<ProcessConfig> {
  readonly name: string;
  /** Run by `sh`. */
  readonly script: string;
}

export interface Running {
  readonly supervisor: Supervisor;
  readonly folder: string;
  /** The daemon's own log so far. */
  readonly activity: () => string;
}

export interface RunOptions extends LoggingOptions {
  readonly plugins?: readonly Plugin[];
  readonly folder?: string;
}

/** Real programs under the real core with the logging plugin. Ended after the test. */
export async function run(
  programs: readonly Program[],
  { plugins = [], folder = testFolder(), ...options }: RunOptions = {},
): Promise<Running> {
  const log = join(folder, 'activity.log');
  const groups = programs.map((program) => groupConfig({ processes: [configOf(program, folder)] }));
  const supervisor = new Supervisor({
    plugins: [new LoggingPlugin({ logfile: log, childlogdir: folder, loglevel: 'debug', ...options }), ...plugins],
    config: supervisorConfig({ groups }),
    spawner: createPosixSpawner(loadPosix()),
  });
  later(() => supervisor.shutdown());
  await supervisor.start();
  return { supervisor, folder, activity: () => readFileSync(log, 'utf8') };
}

function configOf({ name, script, options, ...rest }: Program, folder: string): ProcessConfig {
  const file = join(folder, `${name}.sh`);
  writeFileSync(file, script, { mode: 0o755 });
  return processConfig({
    name,
    command: `/bin/sh ${file}`,
    startsecs: 0,
    stopwaitsecs: 5,
    ...rest,
    options: {
      stdout_logfile: { kind: 'file', path: join(folder, `${name}.out`) },
      stderr_logfile: { kind: 'file', path: join(folder, `${name}.err`) },
      ...options,
    },
  });
}

/** The next end of a process. */
export function nextExit(supervisor: Supervisor, name: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = supervisor.events.on('process:exited', ({ process }) => {
      if (process.name !== name) return;
      stop();
      resolve();
    });
  });
}

/** What the descriptors of this process lead to. */
export function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // the one of the listing itself
    }
  });
}

export function contentOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}

/** All of a log with its backups, oldest first. */
export function wholeLog(path: string): Buffer {
  const numbers: number[] = [];
  while (backup(path, numbers.length + 1) !== undefined) numbers.push(numbers.length + 1);
  const backups = numbers.toReversed().flatMap((number) => backup(path, number) ?? []);
  return Buffer.concat([...backups, readFileSync(path)]);
}

/** A rotated log, compressed or not. */
function backup(path: string, number: number): Buffer | undefined {
  const plain = `${path}.${number}`;
  if (existsSync(plain)) return readFileSync(plain);
  return existsSync(`${plain}.gz`) ? gunzipSync(readFileSync(`${plain}.gz`)) : undefined;
}
