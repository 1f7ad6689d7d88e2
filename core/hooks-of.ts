import type { HookFactory } from './hook-factory.ts';
import { perSupervisor } from './per-supervisor.ts';
import type { Supervisor } from './supervisor.ts';

/**
 * Hooks that a plugin offers to other plugins: one set per supervisor, made at the first call.
 * `static readonly getHooks = hooksOf((hook) => ({ excuse: hook.bail<[string], true>('excuse', ['program'], { onFault:
 * 'pass' }) }))`.
 * The owner and the plugins that tap get the same set, whoever calls first.
 */
export function hooksOf<Set extends object>(create: (hook: HookFactory) => Set): (supervisor: Supervisor) => Set {
  return perSupervisor(({ hookFactory }) => create(hookFactory));
}
