/**
 * The plugins that make a Supervisor of the core: what a supervisord.conf runs with, and a configuration that lists no
 * plugins of its own. New objects at every call. Under a supervisord.conf an open TCP server is a line in the log and not
 * an error, because Supervisor allows it. The type names each of them, so that `[...(await standardPlugins()), mine]` has all their options.
 */
export async function standardPlugins(format: 'supervisord.conf' | 'native' = 'native') {
  return await Promise.all([
    import('./logging/index.ts').then(({ LoggingPlugin }) => new LoggingPlugin()),
    import('./autorestart/index.ts').then(({ AutorestartPlugin }) => new AutorestartPlugin()),
    import('./http/index.ts').then(
      ({ HttpPlugin }) => new HttpPlugin({ openTcp: format === 'supervisord.conf' ? 'warn' : 'refuse' }),
    ),
    import('./rpc/index.ts').then(({ RpcPlugin }) => new RpcPlugin()),
    import('./api/index.ts').then(({ ApiPlugin }) => new ApiPlugin()),
    import('./web/index.ts').then(({ WebPlugin }) => new WebPlugin()),
    import('./eventlistener/index.ts').then(
      ({ EventListenerPlugin }) => new EventListenerPlugin({ exact: format === 'supervisord.conf' }),
    ),
    import('./fcgi/index.ts').then(({ FcgiPlugin }) => new FcgiPlugin()),
    import('./notify/index.ts').then(({ NotifyPlugin }) => new NotifyPlugin()),
    import('./resources/index.ts').then(({ ResourcesPlugin }) => new ResourcesPlugin()),
    import('./metrics/index.ts').then(({ MetricsPlugin }) => new MetricsPlugin()),
    import('./journal/index.ts').then(({ JournalPlugin }) => new JournalPlugin()),
    import('./systemd/index.ts').then(({ SystemdPlugin }) => new SystemdPlugin()),
  ]);
}
