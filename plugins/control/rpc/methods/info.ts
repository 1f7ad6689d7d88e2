import type { ProcessView, Supervisor } from '../../../../core/index.ts';
import { healthWatchOf } from '../../index.ts';
import { configInfo } from '../config-info.ts';
import { getRpcHooks } from '../hooks.ts';
import { logPaths } from '../log-access.ts';
import { lookUpProcess } from '../control-faults.ts';
import { text } from '../parameters.ts';
import { describe, processInfo, type LogPaths, type Moment } from '../process-info.ts';
import { method, type Method } from '../registry.ts';
import type { XmlRpcStruct } from '../xmlrpc/index.ts';

/** Information about processes. */
export function infoMethods(supervisor: Supervisor): Method[] {
  const health = healthWatchOf(supervisor);
  const now = () => ({ wall: supervisor.clock.wall(), tick: supervisor.clock.now() });
  return [
    method({
      name: 'supervisor.getProcessInfo',
      params: [text('name', 'name of a process, or group:name')],
      result: {
        type: 'struct',
        doc:
          'name, group, description, start, stop, now, state, statename, spawnerr, exitstatus, logfile, ' +
          'stdout_logfile, stderr_logfile, pid',
      },
      faults: ['BAD_NAME'],
      doc: 'Returns all about one process. Times are in seconds since 1970; exitstatus is -1 after a signal.',
      effect: 'reads',
      call: ([name]) => {
        const { view } = lookUpProcess(supervisor, name);
        return infoOf(view, now());
      },
    }),
    method({
      name: 'supervisor.getAllProcessInfo',
      result: { type: 'array', doc: 'a struct for each process, as getProcessInfo gives it' },
      doc: 'Returns all about all processes, ordered by the names of group and process.',
      effect: 'reads',
      call: () => {
        const moment = now();
        return supervisor.processes
          .map(({ view }) => view)
          .sort((a, b) => compare(a.group, b.group) || compare(a.name, b.name))
          .map((view) => infoOf(view, moment));
      },
    }),
    method({
      name: 'supervisor.getAllConfigInfo',
      result: { type: 'array', doc: 'a struct for each process of the configuration; what is not set is "none"' },
      doc: 'Returns how all processes of the configuration, as it was last read, are configured, in use or not.',
      effect: 'reads',
      call: () =>
        supervisor.config.groups
          .flatMap((group) => {
            const running = supervisor.groups.get(group.name);
            return group.processes.map((config) => ({
              name: config.name,
              info: configInfo({
                config,
                group,
                isInUse: running !== undefined,
                logs: pathsInUse(running?.processes.get(config.name)?.view),
              }),
            }));
          })
          .sort((a, b) => compare(a.name, b.name))
          .map(({ info }) => info),
    }),
  ];

  function infoOf(view: ProcessView, moment: Moment): XmlRpcStruct {
    const line = describe(view, moment);
    const described = getRpcHooks(supervisor).description.call(line, view);
    // A plugin that adds text to the line of a process in trouble says what is wrong.
    const trouble = view.state === 'RUNNING' && described === line ? health.of(view).trouble : undefined;
    const description = trouble === undefined ? described : `${line}, ${trouble}`;
    return processInfo(view, logPaths(supervisor, view), moment, description);
  }

  function pathsInUse(view: ProcessView | undefined): LogPaths | undefined {
    return view && logPaths(supervisor, view);
  }
}

/** By code points, as Python sorts; a collation would depend on the locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
