import { systemClock } from '../clock.ts';
import type { UserIdentity } from '../config.ts';
import { chainOf, failureOfChain, needsChain, type Chain } from './chain.ts';
import type { ExecFailure } from './failure.ts';
import { identityObstacle, obstacleOf, stderrLines, type Obstacle } from './obstacle.ts';
import { planFault } from './plan-fault.ts';
import type { SpawnPlan, Stdio } from './plan.ts';
import type { SpawnResult } from './spawner.ts';
import { findTools, switchFault, type Tools } from './tools.ts';

/** What a spawner executes for a plan, and what it needs to judge the exit. */
export interface Launch {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly stdio: readonly [Stdio, Stdio, Stdio];
  /** Why the exit of this child is not one of the program's. `comm`: the name of its zombie, where it can be read. */
  failureOf(code: number, comm: string | undefined): ExecFailure | undefined;
  /** Worth a look at the zombie's name, before it is reaped. */
  readonly isChain: boolean;
}

/** A trial holds up the daemon, up to 5 s: it is not repeated for each of many programs. */
const TRIED_AGAIN_MS = 30_000;

/** Prepares launches. One for each spawner: what it finds out about the machine's tools it finds out once. */
export class Launcher {
  #tools: Tools | undefined;
  #canToolsSwitch = false;
  /** The last trial of the tools, where they failed. */
  #refused: { readonly fault: string; readonly until: number } | undefined;

  /**
   * What to execute for a plan. `failed`: nothing; this start has failed.
   *
   * A child that cannot become the user, change directory or execute its program is made all the same, says why on its stderr
   * and exits with 127, as under Supervisor.
   * @param looksAhead whether a program without a chain is looked at before, or the kernel's answer is waited for.
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

  /** A child in place of the one that cannot run. It has the same descriptors and identity, and nothing of the environment. */
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
   * Why this machine's tools cannot switch to another user. Node's own switch does not take their place: its child has the
   * user's ids while the daemon still waits for the exec, and a process of that user could stop it there, for good.
   */
  #switchFault({ identity }: SpawnPlan): string | undefined {
    if (identity === undefined || this.#canToolsSwitch) return undefined;
    const now = systemClock.now();
    if (this.#refused !== undefined && now < this.#refused.until) return this.#refused.fault;
    const fault = switchFault(this.#toolbox);
    this.#canToolsSwitch = fault === undefined;
    this.#refused = fault === undefined ? undefined : { fault, until: now + TRIED_AGAIN_MS };
    return fault;
  }
}

export type Failed = Extract<SpawnResult, { kind: 'failed' }>;

/** A start that failed without a child, in Supervisor's words where it has some. Supervisor: process.py spawn(). */
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

/** Whether the kernel refused to make a process, and not to execute a program. */
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

/** Who already is the user keeps the groups it has. Supervisor: options.py drop_privileges. */
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
