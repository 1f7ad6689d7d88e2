import { readFileSync } from 'node:fs';
import type { Posix, Resource } from '../../core/posix.ts';
import type { Supervisor } from '../../core/index.ts';

/** The minimal limits from `[supervisord]`. */
export interface WantedLimits {
  readonly minfds: number;
  readonly minprocs: number;
}

/** Set by the launcher: the soft limit of descriptors before Node raised it to the hard one. */
const INHERITED = 'TSVD_NOFILE';

/** Descriptors for Node, the daemon's own files, and its clients. */
const FOR_ITSELF = 256;
/** Descriptors for each process: its pipes and logs, the other ends while it is spawned or its pipes are held, and a pidfd. */
const FOR_EACH_PROCESS = 10;

/**
 * The limits of this process, which children inherit: nothing is changed around a spawn.
 *
 * The soft limit of descriptors is the original limit of the daemon, `minfds`, or the need of its processes, whichever
 * is largest. Node raises it to the hard limit at its start; with that, programs that close all possible descriptors
 * take seconds. It is only ever raised again, when processes are added.
 */
export class Limits {
  readonly #posix: Posix;
  /** Unknown without the launcher; then the limit stays as Node has set it. */
  readonly #inherited: number | undefined;
  readonly #minfds: number;
  readonly #raised: readonly string[];
  #soft = 0;

  /**
   * Raises the soft limits to what the configuration requires, if they are lower. Supervisor: options.py set_rlimits.
   * @throws Error that names the option, if the hard limit forbids it.
   */
  constructor(posix: Posix, { minfds, minprocs }: WantedLimits) {
    this.#posix = posix;
    this.#minfds = minfds;
    const inherited = Number(process.env[INHERITED]);
    delete process.env[INHERITED];
    this.#inherited = Number.isInteger(inherited) && inherited > 0 ? inherited : undefined;
    raise(posix, 'descriptors', 'minfds', minfds);
    this.#raised = raise(posix, 'processes', 'minprocs', minprocs)
      ? [`Increased RLIMIT_NPROC limit to ${minprocs}`]
      : [];
    this.cover(0);
  }

  /** The line for the log: the daemon has more than it was started with. */
  get notices(): readonly string[] {
    if (this.#inherited === undefined || this.#soft <= this.#inherited) return this.#raised;
    return [`Increased RLIMIT_NOFILE limit to ${this.#soft}`, ...this.#raised];
  }

  /** Raises the limit for the descriptors of so many processes, up to the hard limit. */
  cover(processes: number): void {
    if (this.#inherited === undefined) return;
    const { hard } = this.#posix.getLimit('descriptors');
    const needed = FOR_ITSELF + FOR_EACH_PROCESS * processes;
    const soft = Math.min(Math.max(this.#inherited, this.#minfds, needed), hard);
    if (soft <= this.#soft) return;
    this.#posix.setLimit('descriptors', { soft, hard });
    this.#soft = soft;
  }

  /** Sets the limit back to what this process was started with, for another program of it. */
  restore(): void {
    if (this.#inherited === undefined) return;
    const { hard } = this.#posix.getLimit('descriptors');
    this.#posix.setLimit('descriptors', { soft: Math.min(this.#inherited, hard), hard });
  }

  /** Raises the limit for each process before it starts, and for those that a reload adds. */
  follow({ events }: Supervisor): void {
    let count = 0;
    events.on('process:added', () => this.cover((count += 1)), 'limits');
    events.on('process:removed', () => (count -= 1), 'limits');
  }
}

/** The required limits that this user cannot have; nothing is raised. */
export function limitFaults(posix: Posix, { minfds, minprocs }: WantedLimits): { option: string; message: string }[] {
  const wanted = [
    ['descriptors', 'minfds', minfds],
    ['processes', 'minprocs', minprocs],
  ] as const;
  return wanted.flatMap(([resource, option, least]) => {
    const { hard } = posix.getLimit(resource);
    const most = process.getuid?.() === 0 ? Math.max(hard, mostForRoot(resource)) : hard;
    if (most >= least) return [];
    const limit = most === hard ? 'the hard limit' : 'the limit of the kernel (fs.nr_open)';
    return [{ option, message: `${least} are wanted, and ${limit} of ${resource} is ${most}` }];
  });
}

/** The maximum to which root may raise a hard limit. */
function mostForRoot(resource: Resource): number {
  if (resource !== 'descriptors') return Infinity;
  try {
    return Number(readFileSync('/proc/sys/fs/nr_open', 'utf8'));
  } catch {
    return Infinity;
  }
}

function raise(posix: Posix, resource: Resource, option: string, wanted: number): boolean {
  const { soft, hard } = posix.getLimit(resource);
  if (soft >= wanted) return false;
  try {
    posix.setLimit(resource, { soft: wanted, hard: Math.max(hard, wanted) });
  } catch (error) {
    throw new Error(
      `[supervisord] ${option} = ${wanted}: the limit of ${resource} is ${soft}, and the hard limit ${hard} cannot be raised` +
        ` by uid ${process.getuid?.()}; lower ${option}, or raise the limit (ulimit, LimitNOFILE in systemd)`,
      { cause: error },
    );
  }
  return true;
}
