import { namespec, type EventMap, type Plugin, type ProcessView, type Supervisor } from '../../../core/index.ts';
import { countRestarts, healthWatchOf, Operations } from '../index.ts';
import { HttpPlugin, HttpRefusal } from '../http/index.ts';
import { loggingService } from '../../output/logging/index.ts';
import { RpcPlugin } from '../rpc/index.ts';
import { EVENTS, isApiEvent, eventData } from './event-data.ts';
import { Feed } from './feed.ts';
import { getApiHooks } from './hooks.ts';
import { watchLastRuns } from './last-runs.ts';
import { daemonOperations } from './operations/daemon.ts';
import { eventOperations } from './operations/events.ts';
import { logOperations } from './operations/logs.ts';
import { methodOperations } from './operations/methods.ts';
import { processOperations } from './operations/processes.ts';
import { settingsOperations } from './operations/settings.ts';
import { updateOperations } from './operations/update.ts';
import { processStatus, type ProcessStatus } from './process-status.ts';
import { BASE, createRouter } from './router.ts';
import type { ApiContext } from './api-context.ts';
import { watchStateTimes } from './state-times.ts';
import { Streams } from './streams.ts';
import { UsageWatch } from './usage-watch.ts';

declare const TSV_VERSION: string;

/**
 * JSON and server-sent events under `/api/v1`, for clients other than Supervisor's: processes, actions, events, logs.
 * The plugin `rpc` adds its methods under `/rpc/…`.
 */
export class ApiPlugin implements Plugin {
  readonly name = 'api';
  static readonly getHooks = getApiHooks;

  apply(supervisor: Supervisor): void {
    const logging = () => supervisor.use(loggingService);
    const hooks = getApiHooks(supervisor);
    const restarts = countRestarts(supervisor);
    const health = healthWatchOf(supervisor);
    const since = watchStateTimes(supervisor, this.name);
    const lastRun = watchLastRuns(supervisor, this.name);
    const logPath = (view: ProcessView, channel: 'stdout' | 'stderr') =>
      logging()?.childLog(view, channel)?.path ?? null;
    const describe = (view: ProcessView): ProcessStatus =>
      hooks.status.call(
        processStatus(view, {
          restarts: restarts(view),
          health: health.of(view),
          since: since(view),
          lastRun: lastRun(namespec(view)),
          logs: { stdout: logPath(view, 'stdout'), stderr: logPath(view, 'stderr') },
          kind: supervisor.groups.get(view.group)?.config.kind ?? 'group',
          tick: supervisor.clock.now(),
        }),
        view,
      );

    const feed = new Feed(supervisor.clock.wall().toString(36));
    record(supervisor, feed, { describe, plugin: this.name });
    const service = () => RpcPlugin.getHooks(supervisor).service.call();
    const site: ApiContext = {
      supervisor,
      control: new Operations(supervisor),
      logging,
      feed,
      streams: new Streams(supervisor.clock),
      usage: new UsageWatch(supervisor, this.name),
      version: TSV_VERSION,
      describe,
      async describeApi() {
        const { openApi } = await import('./openapi.ts');
        return openApi({ version: TSV_VERSION, base: BASE, operations, methods: service()?.methods.all ?? [] });
      },
      methods() {
        const there = service();
        if (there === undefined) throw new HttpRefusal(501, 'there are no methods: enable the plugin rpc');
        return there;
      },
    };
    const operations = [
      ...daemonOperations(site),
      ...logOperations(site),
      ...settingsOperations(site),
      ...processOperations(site),
      ...eventOperations(site),
      ...updateOperations(site),
      ...methodOperations(site),
    ];
    const route = createRouter(operations);
    HttpPlugin.getHooks(supervisor).routes.tap(this.name, route);
  }
}

/** Adds the published events to the feed, in their order. */
function record(
  { events, clock }: Supervisor,
  feed: Feed,
  { describe, plugin }: { readonly describe: (view: ProcessView) => ProcessStatus; readonly plugin: string },
): void {
  for (const name of Object.keys(EVENTS).filter(isApiEvent)) {
    const forward = (payload: EventMap[typeof name]): void => {
      const at = new Date(clock.wall()).toISOString(); // taken now; the data is made when a client reads it
      feed.add(name, () => eventData(name, payload, { at, describe }));
    };
    events.on(name, forward, plugin);
  }
}
