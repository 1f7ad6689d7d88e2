import nodeProcess from 'node:process';
import { namespec, readOptions, type Plugin, type Supervisor } from '../../../core/index.ts';
import { loggingService } from '../../output/logging/index.ts';
import { checks, notifyOptions, sections, type NotifyValues } from './options.ts';
import type { Route } from './route.ts';
import type { Notification } from './notification.ts';

/** How long a shutdown waits for messages in delivery. */
const LAST_CHANCE_MS = 5_000;

/**
 * Notifies people of trouble (a program is FATAL, flaps, has recovered; a listener is unresponsive, a disk full) by
 * webhook, command or mail, as configured in `[notify]`. It never delays supervision: messages are few and bounded, and
 * are delivered in the background.
 */
export class NotifyPlugin implements Plugin {
  readonly name = 'notify';
  readonly sections = sections;
  readonly checks = checks;

  apply(supervisor: Supervisor): void {
    let routes: readonly Route[] = [];
    const report = (text: string): void => supervisor.use(loggingService)?.log('WARN', `notify: ${text}`);

    supervisor.hooks.start.tapPromise(this.name, async () => {
      const wanted = routesOf(supervisor.config.sections);
      if (wanted.length === 0) return;
      const { openRoute } = await import('./route.ts');
      routes = await Promise.all(wanted.map((values) => openRoute(values, supervisor, report)));
      this.#listen(supervisor, routes);
    });

    // After all others: what happens to them at the end may be worth a notification.
    supervisor.hooks.shutdown.tapPromise({ name: this.name, stage: 50 }, async () => {
      const closing = routes;
      routes = [];
      await Promise.all(closing.map((route) => route.close(LAST_CHANCE_MS)));
    });
  }

  #listen({ events, clock }: Supervisor, routes: readonly Route[]): void {
    const notify = (notification: Notification): void => {
      for (const route of routes) route.take(notification);
    };
    const at = (): number => clock.wall();
    for (const { incidents } of routes) {
      events.on('process:exited', (event) => incidents.exited(event), this.name);
      events.on('process:spawn-failed', (event) => incidents.spawnFailed(event), this.name);
      events.on('process:state', (event) => incidents.changed(event), this.name);
      events.on('process:removed', (event) => incidents.removed(event), this.name);
    }
    events.on(
      'listener:violated',
      ({ process, reason }) => notify({ kind: 'listener_deaf', program: namespec(process), reason, at: at() }),
      this.name,
    );
    events.on('log:blocked', ({ file, reason }) => notify({ kind: 'disk_full', file, reason, at: at() }), this.name);
    events.on(
      'plugin:disabled',
      ({ plugin, where, count }) =>
        notify({ kind: 'plugin_disabled', plugin, reason: `${where} failed ${count} times in a row`, at: at() }),
      this.name,
    );
    events.on(
      'supervisor:state',
      ({ to }) => {
        if (to === 'running') notify({ kind: 'daemon_started', pid: nodeProcess.pid, at: at() });
      },
      this.name,
    );
  }
}

/** The sections `[notify]` and `[notify:name]`, in file order. */
function routesOf(all: Readonly<Record<string, Readonly<Record<string, unknown>>>>): NotifyValues[] {
  return Object.entries(all)
    .filter(([title]) => title === 'notify' || title.startsWith('notify:'))
    .map(([, values]) => readOptions(values, notifyOptions));
}
