import type { Plugin } from '../core/index.ts';

/**
 * The plugins that make a Supervisor of the core: what a supervisord.conf runs with, and a configuration that lists no
 * plugins of its own. New objects at every call. Under a supervisord.conf an open TCP server is a line in the log and not
 * an error, because Supervisor allows it.
 */
export async function standardPlugins(format: 'supervisord.conf' | 'native' = 'native'): Promise<readonly Plugin[]> {
  const [autorestart, logging, http, rpc, api, web, eventlistener, fcgi, notify, resources, systemd] =
    await Promise.all([
      import('./autorestart/index.ts'),
      import('./logging/index.ts'),
      import('./http/index.ts'),
      import('./rpc/index.ts'),
      import('./api/index.ts'),
      import('./web/index.ts'),
      import('./eventlistener/index.ts'),
      import('./fcgi/index.ts'),
      import('./notify/index.ts'),
      import('./resources/index.ts'),
      import('./systemd/index.ts'),
    ]);
  return [
    new logging.LoggingPlugin(),
    new autorestart.AutorestartPlugin(),
    new http.HttpPlugin({ openTcp: format === 'supervisord.conf' ? 'warn' : 'refuse' }),
    new rpc.RpcPlugin(),
    new api.ApiPlugin(),
    new web.WebPlugin(),
    new eventlistener.EventListenerPlugin({ exact: format === 'supervisord.conf' }),
    new fcgi.FcgiPlugin(),
    new notify.NotifyPlugin(),
    new resources.ResourcesPlugin(),
    new systemd.SystemdPlugin(),
  ];
}
