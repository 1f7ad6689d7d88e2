import nodeProcess from 'node:process';
import { hostname } from 'node:os';
import type { Plugin, Supervisor } from '../../../core/index.ts';
import { clientCause, countRestarts, healthWatchOf, Operations, targetNamed } from '../index.ts';
import { HttpPlugin } from '../http/index.ts';
import { loggingService } from '../../output/logging/index.ts';
import { OVERALL_ACTIONS, PROCESS_ACTIONS } from './actions.ts';
import { routesOf } from './routes.ts';
import { statusOf, type Status } from './status.ts';
import type { FormAction } from './form-action.ts';

/**
 * The status page at `/`, and the end of every log at `/tail.html`. Compatible with Supervisor's pages, at the same
 * URLs.
 */
export class WebPlugin implements Plugin {
  readonly name = 'web';

  apply(supervisor: Supervisor): void {
    // Both count from the first call.
    countRestarts(supervisor);
    healthWatchOf(supervisor);

    const routes = routesOf({
      status: () => statusNow(supervisor),
      find: (name) => supervisor.find(name),
      logOf: (process, channel) => supervisor.use(loggingService)?.childLog(process, channel),
      perform: (formAction, user) => perform(supervisor, formAction, user),
    });
    HttpPlugin.getHooks(supervisor).routes.tap(this.name, routes);
  }
}

function statusNow(supervisor: Supervisor): Status {
  const { clock, config, groups, state } = supervisor;
  return statusOf(
    {
      identifier: config.identifier,
      host: hostname(),
      pid: nodeProcess.pid,
      state,
      groups: [...groups.values()].map(({ name, inStartOrder }) => ({
        name,
        processes: inStartOrder.map(({ view }) => view),
      })),
      restarts: countRestarts(supervisor),
      health: (view) => healthWatchOf(supervisor).of(view),
    },
    { wall: clock.wall(), tick: clock.now() },
  );
}

async function perform(supervisor: Supervisor, formAction: FormAction, user: string | undefined): Promise<string> {
  const operations = new Operations(supervisor);
  if (operations.isEnding) return 'ERROR: shutting down, nothing was done';
  const request = { cause: clientCause(`${formAction.action} on the status page`, user), wait: true };
  const context = { operations, request, now: () => supervisor.clock.wall() };
  if (formAction.kind === 'overall') return OVERALL_ACTIONS[formAction.action](context);
  const target = targetNamed(supervisor, formAction.name);
  return target.kind === 'process'
    ? PROCESS_ACTIONS[formAction.action](context, target)
    : `No such process named ${formAction.name}`;
}
