import type { ProcessConfig } from '../config.ts';
import { reasonOf } from '../errors.ts';
import { findCommand } from './command.ts';
import { identityObstacle, obstacleOf } from './obstacle.ts';
import { childEnvironment, initialPlan } from './plan.ts';

/** Why a start would fail on this machine now, and the option at fault; `undefined` if nothing is found. */
export function predictFailure(
  config: ProcessConfig,
  group: string,
  { env, serverurl }: { readonly env: Readonly<Record<string, string | undefined>>; readonly serverurl?: string },
): { readonly option: 'command' | 'directory' | 'user'; readonly message: string } | undefined {
  const environment = childEnvironment(env, config, group, serverurl);
  try {
    const plan = initialPlan(findCommand(config, environment), config, environment, () => undefined);
    const obstacle = identityObstacle(plan) ?? obstacleOf(plan);
    if (obstacle === undefined) return undefined;
    const { kind, text } = obstacle.failure;
    return { option: kind === 'directory' ? 'directory' : kind === 'identity' ? 'user' : 'command', message: text };
  } catch (error) {
    return { option: 'command', message: reasonOf(error) };
  }
}
