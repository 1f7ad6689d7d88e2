import type { Declaration, Plugin } from '../core/index.ts';

/** How a configuration was written; a supervisord.conf keeps liberties that Supervisor gives it. */
type Format = 'supervisord.conf' | 'native';

/** A plugin that ships. */
export interface CatalogueEntry {
  /** Also its folder, its page in docs/plugins, and its path in the package: `tsvisor/plugins/NAME`. */
  readonly name: string;
  /** What it declares, without its code. Left out where it has no options. */
  readonly options?: () => Promise<Omit<Declaration, 'name'>>;
  readonly create: (format: Format) => Promise<Plugin>;
}

/**
 * The plugins that ship, in the order in which they are applied. Everything else that has to know them is made from this list, or compared
 * with it by a test. Each module is imported when it is needed.
 */
export const CATALOGUE = [
  {
    name: 'logging',
    options: () => import('./output/logging/options.ts'),
    create: async () => new (await import('./output/logging/index.ts')).LoggingPlugin(),
  },
  {
    name: 'autorestart',
    options: () => import('./policy/autorestart/options.ts'),
    create: async () => new (await import('./policy/autorestart/index.ts')).AutorestartPlugin(),
  },
  {
    name: 'http',
    options: () => import('./control/http/options.ts'),
    // Supervisor allows an open TCP server: under a supervisord.conf it is a line in the log and not an error.
    create: async (format: Format) =>
      new (await import('./control/http/index.ts')).HttpPlugin({
        openTcp: format === 'supervisord.conf' ? 'warn' : 'refuse',
      }),
  },
  { name: 'rpc', create: async () => new (await import('./control/rpc/index.ts')).RpcPlugin() },
  { name: 'api', create: async () => new (await import('./control/api/index.ts')).ApiPlugin() },
  { name: 'web', create: async () => new (await import('./control/web/index.ts')).WebPlugin() },
  {
    name: 'eventlistener',
    options: () => import('./programs/eventlistener/options.ts'),
    create: async (format: Format) =>
      new (await import('./programs/eventlistener/index.ts')).EventListenerPlugin({
        exact: format === 'supervisord.conf',
      }),
  },
  {
    name: 'fcgi',
    options: () => import('./programs/fcgi/options.ts'),
    create: async () => new (await import('./programs/fcgi/index.ts')).FcgiPlugin(),
  },
  {
    name: 'notify',
    options: () => import('./insight/notify/options.ts'),
    create: async () => new (await import('./insight/notify/index.ts')).NotifyPlugin(),
  },
  { name: 'resources', create: async () => new (await import('./insight/resources/index.ts')).ResourcesPlugin() },
  {
    name: 'metrics',
    options: () => import('./insight/metrics/options.ts'),
    create: async () => new (await import('./insight/metrics/index.ts')).MetricsPlugin(),
  },
  {
    name: 'journal',
    options: () => import('./insight/journal/options.ts'),
    create: async () => new (await import('./insight/journal/index.ts')).JournalPlugin(),
  },
  {
    name: 'init',
    options: () => import('./host/init/options.ts'),
    create: async () => new (await import('./host/init/index.ts')).InitPlugin(),
  },
  {
    name: 'persist',
    options: () => import('./host/persist/options.ts'),
    create: async () => new (await import('./host/persist/index.ts')).PersistPlugin(),
  },
  { name: 'systemd', create: async () => new (await import('./host/systemd/index.ts')).SystemdPlugin() },
] as const satisfies readonly CatalogueEntry[];

/** The plugins of a catalogue. New objects at every call. */
export async function createPlugins<Entry extends CatalogueEntry>(
  catalogue: readonly Entry[],
  format: Format,
): Promise<Created<Entry>[]> {
  // Each is what the function of its own entry returns.
  return Promise.all(catalogue.map(({ create }) => create(format) as Promise<Created<Entry>>));
}

/** What the plugins of a catalogue declare, without loading the plugins. */
export function declarationsOf(catalogue: readonly CatalogueEntry[]): Promise<readonly Declaration[]> {
  return Promise.all(catalogue.map(async ({ name, options }) => ({ name, ...(await options?.()) })));
}

/** The type of the plugin that an entry creates. */
export type Created<Entry extends CatalogueEntry> = Awaited<ReturnType<Entry['create']>>;

/** The types of the plugins that ship. */
export type BuiltIn = Created<(typeof CATALOGUE)[number]>;
