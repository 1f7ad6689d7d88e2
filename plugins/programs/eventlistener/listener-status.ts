import type { ProcessView, Supervisor } from '../../../core/index.ts';
import { getControlHooks } from '../../control/index.ts';
import type { ListenerReport, PoolReport } from './reports.ts';
import type { ListenerService } from './service.ts';

/**
 * Adds the state of listeners wherever processes are shown. The plugins that show processes are imported only if they
 * are enabled.
 */
export async function showListeners(supervisor: Supervisor, listeners: ListenerService, plugin: string): Promise<void> {
  const isEnabled = (name: string): boolean => supervisor.plugins.some((other) => other.name === name);
  if (isEnabled('rpc')) {
    const { RpcPlugin } = await import('../../control/rpc/index.ts');
    RpcPlugin.getHooks(supervisor).description.tap(plugin, (line, process) => {
      const listener = listeners.listenerState(process);
      return listener === undefined
        ? line
        : describeListener(line, process, listener, listeners.poolState(process.group));
    });
  }
  getControlHooks(supervisor).trouble.tap(plugin, (process) => {
    const listener = listeners.listenerState(process);
    return listener && troubleOf(process, listener, listeners.poolState(process.group));
  });
  supervisor.events.on('listener:violated', (event) => supervisor.events.emit('process:trouble', event), plugin);
  supervisor.events.on(
    'listener:dropped',
    ({ pool }) => {
      for (const { view } of supervisor.groups.get(pool)?.inStartOrder ?? [])
        supervisor.events.emit('process:trouble', { process: view });
    },
    plugin,
  );
  if (isEnabled('api')) {
    const { ApiPlugin } = await import('../../control/api/index.ts');
    ApiPlugin.getHooks(supervisor).status.tap(plugin, (status, process) => {
      const listener = listeners.listenerState(process);
      if (listener === undefined) return status;
      return {
        ...status,
        reason: describeListener(status.reason, process, listener, listeners.poolState(process.group)),
        listener: { state: listener.state, why: listener.why ?? null, ...listeners.poolState(process.group) },
      };
    });
  }
}

/** `pid 7, uptime 0:01:00, deaf: wrote "HELLO" instead of READY, 3 events dropped`. Only problems are added. */
export function describeListener(
  line: string,
  process: Pick<ProcessView, 'state'>,
  { state, why }: ListenerReport,
  pool: PoolReport | undefined,
): string {
  const isDeaf = state === 'UNKNOWN' && process.state === 'RUNNING';
  const dropped = pool?.dropped ?? 0;
  const parts = [
    line,
    isDeaf ? `deaf: ${why ?? 'broke the protocol'}` : '',
    dropped > 0 ? `${dropped} ${dropped === 1 ? 'event' : 'events'} dropped` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** The trouble of a running listener, for the health of its process. */
export function troubleOf(
  process: Pick<ProcessView, 'state'>,
  { state, why }: ListenerReport,
  pool: PoolReport | undefined,
): string | undefined {
  if (process.state !== 'RUNNING') return undefined;
  if (state === 'UNKNOWN') return `listener not answering: ${why ?? 'broke the protocol'}`;
  if (state === 'READY' || pool === undefined || pool.buffered < pool.bufferSize) return undefined;
  const lost = pool.dropped === 0 ? '' : `, ${pool.dropped} dropped`;
  return `listener not answering: ${pool.buffered} ${pool.buffered === 1 ? 'event waits' : 'events wait'}${lost}`;
}
