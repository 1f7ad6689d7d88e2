import { reasonOf, TsvError, type Cause, type Reload, type Supervisor } from '../../core/index.ts';
import type { DaemonService } from '../host/daemon/index.ts';
import type { DescribedPlan } from './plan.ts';

/** What came of a new configuration. */
export type Configured<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'noSuchName'; readonly reason: string }
  /** The configuration has errors, or there is none to read. Nothing has changed. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads the configuration again, and returns which groups differ from those in use. Changes nothing that runs. */
export async function reread(supervisor: Supervisor, cause: Cause): Promise<Configured<Reload>> {
  return await ask(supervisor, (daemon) => daemon.reread(cause));
}

/** Reads the configuration again, and returns what an update would do. Changes nothing. */
export async function planUpdate(supervisor: Supervisor): Promise<Configured<DescribedPlan>> {
  const found = await ask(supervisor, (daemon) => daemon.plan());
  if (found.kind !== 'done') return found;
  const { describePlan } = await import('../host/daemon/index.ts');
  const { plan, file } = found.value;
  return { kind: 'done', value: { ...describePlan(plan, supervisor.plugins), ...(file !== undefined && { file }) } };
}

/** Reads the configuration again and puts it into use; without names of groups, all of it. */
export async function update(
  supervisor: Supervisor,
  groups: readonly string[],
  cause: Cause,
): Promise<Configured<DescribedPlan>> {
  const result = await ask(supervisor, (daemon) => daemon.update(groups.length === 0 ? undefined : groups, cause));
  if (result.kind !== 'done') return result;
  const { describeResult } = await import('../host/daemon/index.ts');
  return { kind: 'done', value: describeResult(result.value, supervisor.plugins) };
}

async function ask<Value>(
  supervisor: Supervisor,
  work: (daemon: DaemonService) => Promise<Value>,
): Promise<Configured<Value>> {
  // Loaded at first use: it brings all that reads configurations.
  const { daemonService } = await import('../host/daemon/index.ts');
  const daemon = supervisor.use(daemonService);
  if (daemon === undefined) return { kind: 'refused', reason: 'this program has no configuration file' };
  try {
    return { kind: 'done', value: await work(daemon) };
  } catch (error) {
    const isUnknown = error instanceof TsvError && error.code === 'TSV_UNKNOWN_NAME';
    return { kind: isUnknown ? 'noSuchName' : 'refused', reason: reasonOf(error) };
  }
}
