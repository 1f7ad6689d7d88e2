import { systemClock } from '../clock.ts';
import type { UserIdentity } from '../config.ts';
import { chainOf, failureOfChain, needsChain, type Chain } from './chain.ts';
import type { ExecFailure } from './failure.ts';
import { identityObstacle, obstacleOf, stderrLines, type Obstacle } from './obstacle.ts';
import { planFault } from './plan-fault.ts';
import type { SpawnPlan, Stdio } from './plan.ts';
import type { SpawnResult } from './spawner.ts';
import { findTools, switchFault, type Tools } from './tools.ts';

/** What a spawner executes for a plan, and how to judge the exit. */
export interface Launch {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly stdio: readonly [Stdio, Stdio, Stdio];
  /** Why this exit is not the program's own. `comm`: the name of the zombie, if it can be read. */
  failureOf(code: number, comm: string | undefined): ExecFailure | undefined;
  /** The spawner should read the zombie's name before reaping it. */
  readonly isChain: boolean;
}

/** A trial blocks the daemon for up to 5 s, so it is not repeated for each of many programs. */
const TRIED_AGAIN_MS = 30_000;

/** Prepares launches. One per spawner: it checks the machine's tools once. */
export class Launcher {
  #tools: Tools | undefined;
  /** The last trial of switching with the tools. One that succeeded holds for ever. */
  #trial: { readonly fault: string | undefined; readonly until: number } | undefined;

  /**
   * Returns what to execute for a plan. `failed`: nothing; this start has failed.
   *
   * If the child cannot switch to the user, change directory or execute its program, it is spawned all the same. It
   * reports the reason on its stderr and exits with 127, as under Supervisor.
   * @param looksAhead whether to check a program without a chain in advance, instead of waiting for the kernel's
   *   answer.
   */
  prepare(given: SpawnPlan, { looksAhead }: { readonly looksAhead: boolean }): Launch | Failed {
    const fault = planFault(given);
    if (fault !== undefined) return failed(given, fault);
    const plan = withoutOwnIdentity(given);
    const identity = identityObstacle(plan);
    if (identity !== undefined) return this.standIn({ ...plan, identity: undefined }, identity);
    const toolFault = this.#switchFault(plan);
    if (plan.identity !== undefined && toolFault !== undefined)
      return failed(given, cannotSwitch(plan.identity, toolFault));
    return this.#launch(plan, looksAhead);
  }

  #launch(plan: SpawnPlan, looksAhead: boolean): Launch {
    const obstacle = looksAhead || needsChain(plan) ? obstacleOf(plan) : undefined;
    if (obstacle?.isCertain === true) return this.standIn(plan, obstacle);
    return needsChain(plan) ? launchOf(plan, chainOf(plan, this.#toolbox, obstacle)) : direct(plan);
  }

  /** A stand-in for a program that cannot run. It has the same descriptors and identity, but an empty environment. */
  standIn(plan: SpawnPlan, obstacle: Obstacle): Launch {
    const argv = ['sh', '-c', 'printf %s "$1" >&2; exit 127', 'sh', stderrLines(obstacle)];
    const stand: SpawnPlan = { ...plan, file: this.#toolbox.sh, argv, env: {}, cwd: undefined, umask: undefined };
    const launch = needsChain(stand) ? launchOf(stand, chainOf(stand, this.#toolbox)) : direct(stand);
    return { ...launch, failureOf: (code) => (code >= 125 && code <= 127 ? obstacle.failure : undefined) };
  }

  get #toolbox(): Tools {
    return (this.#tools ??= findTools());
  }

  /**
   * Why this machine's tools cannot switch to another user. Node's own switch is no replacement: its child has the
   * user's ids while the daemon still waits for the exec, and a process of that user could stop the child there for
   * ever.
   */
  #switchFault({ identity }: SpawnPlan): string | undefined {
    if (identity === undefined) return undefined;
    const now = systemClock.now();
    if (this.#trial === undefined || now >= this.#trial.until) {
      const fault = switchFault(this.#toolbox);
      this.#trial = { fault, until: fault === undefined ? Infinity : now + TRIED_AGAIN_MS };
    }
    return this.#trial.fault;
  }
}

export type Failed = Extract<SpawnResult, { kind: 'failed' }>;

/** A start that failed without a child, with Supervisor's message where one exists. Supervisor: process.py spawn(). */
export function spawnFailure(errno: string, plan: SpawnPlan): Failed {
  const name = nameOf(plan);
  switch (errno) {
    case 'EAGAIN':
      return { kind: 'failed', reason: `Too many processes in process table to spawn '${name}'`, failure: 'processes' };
    case 'EMFILE':
    case 'ENFILE':
      return { kind: 'failed', reason: `too many open files to spawn '${name}'`, failure: 'descriptors' };
    case 'ENOMEM':
      return { kind: 'failed', reason: `not enough memory to spawn '${name}'`, failure: 'memory' };
    default:
      return { kind: 'failed', reason: `unknown error during fork for '${name}': ${errno}`, failure: 'other' };
  }
}

/** Whether the kernel refused to create a process, rather than to execute a program. */
export function isForkError(errno: string): boolean {
  return ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSYS', 'EBADF'].includes(errno);
}

function failed(plan: SpawnPlan, { kind, text }: ExecFailure): Failed {
  return { kind: 'failed', reason: `cannot spawn '${nameOf(plan)}': ${text}`, failure: kind };
}

function cannotSwitch({ name }: UserIdentity, fault: string): ExecFailure {
  const text =
    `a program cannot run as user ${name} here: ${fault}` +
    '; needed are chroot and env of GNU coreutils 8.28 or newer, and CAP_SYS_CHROOT';
  return { kind: 'identity', text };
}

function nameOf({ env, file }: SpawnPlan): string {
  return env['SUPERVISOR_PROCESS_NAME'] ?? file;
}

/** A daemon that already runs as the user keeps its groups. Supervisor: options.py drop_privileges. */
function withoutOwnIdentity(plan: SpawnPlan): SpawnPlan {
  return plan.identity?.uid === process.getuid?.() ? { ...plan, identity: undefined } : plan;
}

function direct({ file, argv, env, cwd, stdio }: SpawnPlan): Launch {
  return { file, argv, env, cwd, stdio, failureOf: () => undefined, isChain: false };
}

function launchOf(plan: SpawnPlan, chain: Chain): Launch {
  const { file, argv, env, cwd } = chain;
  const failureOf: Launch['failureOf'] = (code, comm) => failureOfChain(plan, chain, code, comm);
  return { file, argv, env, cwd, stdio: plan.stdio, failureOf, isChain: true };
}
