import { isChainFailure, chainFailure, chainOf, needsChain, type Chain } from './chain.ts';
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

/** Prepares launches. One for each spawner: what it finds out about the machine's tools it finds out once. */
export class Launcher {
  #tools: Tools | undefined;
  #canSwitch = false;

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
    if (!needsChain(plan)) {
      const obstacle = looksAhead ? obstacleOf(plan) : undefined;
      return obstacle === undefined ? direct(plan) : this.standIn(plan, obstacle);
    }
    const refusal = this.#switchRefusal(plan);
    if (refusal !== undefined) return failed(given, refusal);
    const obstacle = obstacleOf(plan);
    if (obstacle?.isCertain === true) return this.standIn(plan, obstacle);
    return launchOf(plan, chainOf(plan, this.#toolbox, obstacle));
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

  /** Whether this machine's tools can switch to another user, tried with the first one. */
  #switchRefusal({ identity }: SpawnPlan): ExecFailure | undefined {
    if (identity === undefined || this.#canSwitch) return undefined;
    const fault = switchFault(identity, this.#toolbox);
    if (fault === undefined) {
      this.#canSwitch = true;
      return undefined;
    }
    const text = `programs cannot run as user ${identity.name} here: ${fault} (needed: chroot and env of GNU coreutils 8.28 or newer, and CAP_SYS_CHROOT)`;
    return { kind: 'identity', text };
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

function failed(plan: SpawnPlan, { kind, text }: ExecFailure): Failed {
  return { kind: 'failed', reason: `cannot spawn '${nameOf(plan)}': ${text}`, failure: kind };
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
  const { file, argv, env, cwd, obstacle } = chain;
  const { stdio } = plan;
  return {
    file,
    argv,
    env,
    cwd,
    stdio,
    isChain: true,
    failureOf(code, comm) {
      if (comm === undefined || !isChainFailure(chain, code, comm)) return undefined;
      return obstacle?.failure ?? chainFailure(plan, code, comm);
    },
  };
}
