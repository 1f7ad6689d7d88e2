import { hostname } from 'node:os';
import type { Plugin, ProcessView, Supervisor } from '../../core/index.ts';
import { ApiPlugin, countRestarts, healthOf, type Health } from '../api/index.ts';
import { HttpPlugin, HttpRefusal } from '../http/index.ts';
import { loggingService } from '../logging/index.ts';
import { RpcPlugin } from '../rpc/index.ts';
import { OVERALL_ACTIONS, PROCESS_ACTIONS, type Call } from './actions.ts';
import { routesOf } from './routes.ts';
import { statusOf, type Status } from './status.ts';
import type { Wish } from './wish.ts';

/**
 * The status page at `/`, and the end of every log at `/tail.html`. Answers what Supervisor's page answers, at the same
 * addresses. Whatever it does goes through the methods of the plugin `rpc`; without that one it only shows.
 */
export class WebPlugin implements Plugin {
  readonly name = 'web';

  apply(supervisor: Supervisor): void {
    const restarts = countRestarts(supervisor, this.name);

    const routes = routesOf({
      status: () => statusNow(supervisor, restarts),
      find: (name) => supervisor.find(name),
      logOf: (process, channel) => supervisor.use(loggingService)?.childLog(process, channel),
      grant: (wish, user) => grant(supervisor, wish, user),
    });
    HttpPlugin.getHooks(supervisor).routes.tap(this.name, routes);
  }
}

function statusNow(supervisor: Supervisor, restarts: ReturnType<typeof countRestarts>): Status {
  const { clock, config, groups, state } = supervisor;
  return statusOf(
    {
      identifier: config.identifier,
      host: hostname(),
      pid: process.pid,
      state,
      groups: [...groups.values()].map(({ name, inStartOrder }) => ({
        name,
        processes: inStartOrder.map(({ view }) => view),
      })),
      restarts,
      health: (view) => healthNow(supervisor, view),
    },
    { wall: clock.wall(), tick: clock.now() },
  );
}

/** As the API says; without that plugin, what the state alone tells. */
function healthNow(supervisor: Supervisor, view: ProcessView): Health {
  const status = ApiPlugin.getHooks(supervisor).describe.call(view);
  if (status === undefined) return healthOf(view, { flapping: undefined, reported: undefined });
  return { level: status.health, trouble: status.trouble ?? undefined };
}

async function grant(supervisor: Supervisor, wish: Wish, user: string | undefined): Promise<string> {
  if (supervisor.state === 'stopping' || supervisor.state === 'stopped')
    return 'ERROR: shutting down, nothing was done';
  const methods = RpcPlugin.getHooks(supervisor).service.call();
  // The server lets nobody else come to a route that changes something.
  const caller = { user, role: 'admin', detail: `${wish.action} on the status page` } as const;
  const call: Call = async (name, ...params) => {
    if (methods === undefined) throw new HttpRefusal(501, `${name} is not there: enable the plugin rpc`);
    return methods.call(name, params, caller);
  };
  if (wish.kind === 'overall') return OVERALL_ACTIONS[wish.action](call, () => supervisor.clock.wall());
  if (supervisor.find(wish.name) === undefined) return `No such process named ${wish.name}`;
  return PROCESS_ACTIONS[wish.action](call, wish.name);
}
