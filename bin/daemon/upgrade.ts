import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { bytesOf } from '../../core/index.ts';
import type { Posix } from '../../core/posix.ts';
import type { Upgrade } from '../../plugins/host/daemon/index.ts';
import { persistError } from '../../plugins/host/persist/index.ts';
import { DAEMON_MARK, INHERITED_MARK, launched, programEnvironment } from '../environment.ts';
import { systemCalls } from './system-calls.ts';

/** The state that the new version has to be able to read. */
export const STATE_MARK = 'TSVD_STATE';

/** A configuration that is code may take 10 s. */
const TRIAL_MS = 30_000;
const MOST_WORDS = 64 * 1024;

/** Where relative paths of the command line lead. */
const startedIn = process.cwd();

/** What an earlier version of the daemon handed over. */
export interface Inheritance {
  readonly descriptors: ReadonlyMap<string, number>;
  /** The command of the version before, where that is still there. */
  readonly before: string | undefined;
  /** Why a newer version failed, if this one runs again because of that. */
  readonly failure: string | undefined;
}

const Written = v.object({
  descriptors: v.record(v.string(), v.number()),
  before: v.exactOptional(v.string()),
  failure: v.exactOptional(v.string()),
});

/** Reads what the earlier version handed over. `undefined`: this process was started as this program. */
export function takeInheritance(): Inheritance | undefined {
  const text = process.env[INHERITED_MARK];
  delete process.env[INHERITED_MARK];
  if (text === undefined) return undefined;
  const { descriptors, before, failure } = v.parse(Written, JSON.parse(text));
  return { descriptors: new Map(Object.entries(descriptors)), before, failure };
}

/** How this daemon becomes the version that is installed now, with its own command line. */
export function upgradeOf({
  posix,
  stateFolder,
  isDaemon,
  restoreLimits,
}: {
  readonly posix: Posix;
  readonly stateFolder: string;
  /** It has no terminal and no parent that waits for it. */
  readonly isDaemon: boolean;
  readonly restoreLimits: () => void;
}): Upgrade {
  const command = commandOf();
  const args = process.argv.slice(2);
  return {
    prepare: () => tryOut(command, args, stateFolder),
    begin() {
      const kept = new Map<string, number>();
      return {
        keep: (name, fd) => void kept.set(name, posix.duplicate(fd)),
        become() {
          restoreLimits();
          // A spawn in the meantime has marked everything close-on-exec.
          for (const fd of kept.values()) posix.keepOnExec(fd);
          const own = ownLauncher();
          const before = realpathSync(command) === own ? {} : { before: own };
          return become(posix, command, { descriptors: Object.fromEntries(kept), ...before }, isDaemon);
        },
      };
    },
  };
}

/** Executes the earlier version, without the descriptors that this one has closed. Returns if there is none. */
export async function goBack({ before }: Inheritance, failure: string, isDaemon: boolean): Promise<void> {
  if (before === undefined || !existsSync(before)) return;
  const { calls } = await systemCalls();
  if (calls !== undefined) become(calls.posix, before, { descriptors: {}, failure }, isDaemon);
}

function become(posix: Posix, command: string, written: v.InferOutput<typeof Written>, isDaemon: boolean): never {
  for (const fd of [0, 1, 2]) posix.keepOnExec(fd);
  process.chdir(startedIn);
  const env = {
    ...programEnvironment(), // the launcher puts aside again what Node reads
    ...(launched.node !== undefined && { TSV_NODE: launched.node }),
    ...(isDaemon && { [DAEMON_MARK]: '1' }),
    [INHERITED_MARK]: JSON.stringify(written),
  };
  return posix.become(
    Buffer.from(command),
    [command, ...process.argv.slice(2)].map((word) => Buffer.from(word)),
    Object.entries(env).map(([name, value]) => bytesOf(`${name}=${value}`)),
  );
}

/** The launcher, by the name that it was started with: a link to the current version may lead to another one now. */
function commandOf(): string {
  const given = launched.command && resolve(startedIn, launched.command);
  if (given !== undefined && existsSync(given)) return given;
  return ownLauncher();
}

/** That of this very version. */
function ownLauncher(): string {
  return join(dirname(process.argv[1] ?? ''), '..', 'tsvd');
}

/** @throws TSV_UPGRADE_REFUSED. */
function tryOut(command: string, args: readonly string[], stateFolder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      ...(launched.node !== undefined && { TSV_NODE: launched.node }),
      [STATE_MARK]: stateFolder,
    };
    const options = { env, cwd: startedIn, timeout: TRIAL_MS, maxBuffer: MOST_WORDS, killSignal: 'SIGKILL' } as const;
    execFile(command, [...args, '--check'], options, (error, _, stderr) => {
      if (error === null) return resolve();
      const words = stderr.trim().split('\n').join('; ');
      return reject(persistError('TSV_UPGRADE_REFUSED', [command, words === '' ? error.message : words]));
    });
  });
}
