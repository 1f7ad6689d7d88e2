import {
  namespec,
  readOptions,
  type GroupConfig,
  type Plugin,
  type SectionCheck,
  type Supervisor,
} from '../../../core/index.ts';
import { DropReport } from './drop-report.ts';
import { getListenerHooks, type ListenerHooks } from './hooks.ts';
import { linesOf, lossesText } from './pool-log-lines.ts';
import { checks, listenerOptions, programKinds, sections } from './options.ts';
import { Pool, type Answer, type PoolNotice } from './pool.ts';
import { Pools } from './pools.ts';
import { RestartUnresponsive } from './restart-unresponsive.ts';
import { showListeners } from './listener-status.ts';
import { listenerService, type ListenerService } from './service.ts';
import { OutputEvents, publishEvents } from './event-sources.ts';
import { Ticks } from './ticks.ts';
import { tickPayload } from './payload.ts';
import { loggingPorts, type LoggingPorts } from './logging-ports.ts';

export interface EventListenerPluginOptions {
  /**
   * Behave exactly as Supervisor does, which is right for a supervisord.conf: an exit event has no exit code, every
   * lost event is a line in the log, and a listener that breaks the protocol gets no more events unless its section has
   * `restart_deaf`.
   */
  readonly exact?: boolean;
}

/**
 * Event listeners: processes that receive events one at a time, and answer each. Groups of the kind `eventlistener` are
 * pools of them. Needs the logging plugin, which holds their pipes.
 */
export class EventListenerPlugin implements Plugin {
  readonly name = 'eventlistener';
  readonly sections = sections;
  readonly programKinds = programKinds;
  readonly checks = { ...checks, eventlistener: checkListener };
  static readonly getHooks = getListenerHooks;
  readonly #isExact: boolean;

  constructor({ exact = false }: EventListenerPluginOptions = {}) {
    this.#isExact = exact;
  }

  apply(supervisor: Supervisor): void {
    const ports = loggingPorts(supervisor, this.name);
    const pools = new Pools();
    const unresponsive = new RestartUnresponsive(supervisor, this.name, (text) => ports.log('WARN', text));
    const reports = new Map<string, DropReport>();
    const output = new OutputEvents(supervisor, pools, ports, this.name);
    const ticks = new Ticks(supervisor.clock, (type, when) => pools.publish(type, () => tickPayload(when)));
    // No ticks before anything runs, nor after everything has stopped.
    const isUp = (): boolean => supervisor.state === 'running' || supervisor.state === 'stopping';
    const listenForMore = (): void => {
      output.listen();
      ticks.want((type) => isUp() && pools.wants(type));
    };

    const hear = once(() =>
      ports.onOutput((process, channel, bytes) => {
        if (channel === 'stdout') pools.get(process.group)?.received(process.name, bytes);
      }),
    );

    const report = (pool: string, notice: PoolNotice): void => {
      if (notice.kind !== 'dropped' || this.#isExact || reportOf(pool).lost()) {
        for (const [level, text] of linesOf(pool, notice)) ports.log(level, text);
      }
      announce(pool, notice, supervisor);
      const group = supervisor.groups.get(pool);
      const process = 'process' in notice ? group?.processes.get(notice.process)?.view : undefined;
      if (group === undefined || process === undefined) return;
      if (notice.kind === 'accepted') unresponsive.works(namespec(process));
      if (notice.kind === 'violated' && this.#restartsDeaf(group.config)) unresponsive.restart(process, notice.reason);
    };
    const reportOf = (pool: string): DropReport => {
      const report =
        reports.get(pool) ?? new DropReport(supervisor.clock, (count) => ports.log('ERRO', lossesText(pool, count)));
      reports.set(pool, report);
      return report;
    };
    const closeReport = (pool: string): void => {
      reports.get(pool)?.close();
      reports.delete(pool);
    };

    ports.keepsProtocol(({ group }) => isPool(supervisor.groups.get(group)?.config));
    supervisor.hooks.process.tap(this.name, (process) => {
      const config = supervisor.groups.get(process.group)?.config;
      if (config === undefined || !isPool(config)) return;
      hear();
      const pool = pools.get(config.name) ?? openPool(config, { supervisor, report, log: ports.log });
      pool.join({
        name: process.name,
        canReceive: () => process.state === 'RUNNING',
        send: (bytes) => ports.send(process.view, bytes),
      });
      pools.add(config.name, pool, readOptions(config.options, listenerOptions).events ?? []);
      listenForMore();
    });
    supervisor.events.on('process:removed', ({ process }) => pools.get(process.group)?.leave(process.name), this.name);
    // A pool receives the event of its own addition, but not that of its removal.
    supervisor.events.on('group:removed', ({ group }) => pools.remove(group), this.name);
    supervisor.events.on('group:removed', ({ group }) => closeReport(group), this.name);
    supervisor.hooks.shutdown.tap(this.name, () => [...reports.keys()].forEach(closeReport));

    publishEvents(supervisor, pools, this.name, this.#isExact);
    followListeners(supervisor, pools, this.name);
    const service = serviceOf(pools);
    supervisor.provide(listenerService, service);
    supervisor.events.on('supervisor:state', listenForMore, this.name);
    supervisor.events.on('group:removed', listenForMore, this.name);
    supervisor.hooks.start.tapPromise(this.name, () => showListeners(supervisor, service, this.name));
  }

  #restartsDeaf({ options }: GroupConfig): boolean {
    return readOptions(options, listenerOptions).restart_deaf ?? !this.#isExact;
  }
}

/** Output is the hottest path: it is observed only once a pool subscribes to it. */
function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

function isPool(config: GroupConfig | undefined): boolean {
  return config?.kind === 'eventlistener';
}

type Report = (pool: string, notice: PoolNotice) => void;

interface PoolContext {
  readonly supervisor: Supervisor;
  readonly report: Report;
  readonly log: LoggingPorts['log'];
}

function openPool({ name, options }: GroupConfig, { supervisor, report, log }: PoolContext): Pool {
  const hooks = getListenerHooks(supervisor);
  return new Pool({
    name,
    server: supervisor.config.identifier,
    bufferSize: readOptions(options, listenerOptions).buffer_size,
    judge: (answer) => isAccepted(name, answer, hooks),
    report: (notice) => report(name, notice),
    changed: (process, from, to) => log('DEBG', `${process}: ${from} -> ${to}`),
  });
}

const OK = Buffer.from('OK');

function isAccepted(pool: string, { process, event, result }: Answer, hooks: ListenerHooks): boolean {
  const { type, serial, payload } = event;
  const judgement = hooks.result.call({ pool, process, type, serial, payload, result });
  return judgement === undefined ? OK.equals(result) : judgement === 'accept';
}

function announce(pool: string, notice: PoolNotice, { events, groups }: Supervisor): void {
  if (notice.kind === 'dropped') {
    const { event, why, dropped } = notice;
    events.emit('listener:dropped', { pool, type: event.type, serial: event.serial, why, dropped });
  }
  if (notice.kind === 'violated') {
    const process = groups.get(pool)?.processes.get(notice.process)?.view;
    if (process !== undefined) events.emit('listener:violated', { process, reason: notice.reason });
  }
}

/** Reports the state of their processes to the pools, after the events of the same moment, as in Supervisor. */
function followListeners(supervisor: Supervisor, pools: Pools, plugin: string): void {
  const { events } = supervisor;
  events.on(
    'process:state',
    ({ process }) => {
      if (process.state === 'RUNNING') pools.get(process.group)?.dispatch();
    },
    plugin,
  );
  // Output of a dead listener's own children must not count for the next listener.
  events.on('process:spawned', ({ process }) => pools.get(process.group)?.reset(process.name), plugin);
  events.on('process:exited', ({ process }) => pools.get(process.group)?.reset(process.name), plugin);
  events.on(
    'process:resumed',
    ({ process, pid }) => {
      const isUp = process.state === 'RUNNING' || process.state === 'STARTING';
      if (pid === 0 || !isUp || pools.get(process.group) === undefined) return;
      const detail = 'what the daemon before had told this listener is not known';
      // It is in its state when all have heard of this.
      queueMicrotask(() => void supervisor.find(namespec(process))?.restart({ by: 'policy', detail }));
    },
    plugin,
  );
}

function serviceOf(pools: Pools): ListenerService {
  return {
    listenerState: ({ group, name }) => pools.get(group)?.statusOf(name),
    poolState(group) {
      const pool = pools.get(group);
      return pool && { buffered: pool.buffered, bufferSize: pool.bufferSize, dropped: pool.dropped };
    },
  };
}

/** Checks rules between the options, and says what to use instead of a Python function. */
function checkListener(...[values, given]: Parameters<SectionCheck>): ReturnType<SectionCheck> {
  const faults = checks['eventlistener']?.(values, given) ?? [];
  if (values['result_handler'] === listenerOptions.result_handler.default) return faults;
  const message =
    'only the default result handler is known here, and it is used; a plugin can judge results ' +
    'with EventListenerPlugin.getHooks(supervisor).result.tap(…)';
  return [...faults, { option: 'result_handler', severity: 'warning', message }];
}
