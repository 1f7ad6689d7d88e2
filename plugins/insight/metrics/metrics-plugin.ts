import { readOptions, type Plugin, type Supervisor } from '../../../core/index.ts';
import { HttpPlugin, HttpRefusal, type Exchange, type RouteHandler } from '../../control/http/index.ts';
import { getLoggingHooks, loggingService } from '../../output/logging/index.ts';
import { RpcPlugin } from '../../control/rpc/index.ts';
import type { AnyRegistry, Expositions } from './exposition.ts';
import { getMetricsHooks } from './hooks.ts';
import { metricsOptions, sections } from './options.ts';
import { acceptFamilies } from './plugin-family.ts';
import { Counters } from './counters.ts';

declare const TSV_VERSION: string;

export interface MetricsPluginOptions {
  /** A prom-client registry: `/metrics` then also exposes its other metrics, in its format. */
  readonly registry?: AnyRegistry;
}

/**
 * Metrics at `/metrics`, for Prometheus and compatible scrapers. Events are counted as they happen; everything else is
 * read at each scrape. prom-client is imported at the first scrape.
 */
export class MetricsPlugin implements Plugin {
  readonly name = 'metrics';
  readonly sections = sections;
  static readonly getHooks = getMetricsHooks;
  readonly #registry: AnyRegistry | undefined;

  constructor({ registry }: MetricsPluginOptions = {}) {
    this.#registry = registry;
  }

  apply(supervisor: Supervisor): void {
    const counters = new Counters();
    counters.listen(supervisor, this.name);
    RpcPlugin.getHooks(supervisor).called.tap(this.name, (call) => counters.called(call));
    // After all others: it counts the output for the sinks that they added.
    getLoggingHooks(supervisor).sink.tap({ name: this.name, stage: 200 }, (sinks, view, channel) =>
      counters.countIn(sinks, view, channel),
    );
    let loaded: Promise<(accept: string) => ReturnType<Expositions['print']>> | undefined;
    const route: RouteHandler = {
      effect: 'reads',
      handle: async (exchange) => {
        loaded ??= load(supervisor, counters, this.#registry);
        await answer(exchange, await loaded);
      },
    };
    HttpPlugin.getHooks(supervisor).routes.tap(this.name, ({ path }) => (path === '/metrics' ? route : undefined));
  }
}

async function load(supervisor: Supervisor, counters: Counters, registry: AnyRegistry | undefined) {
  const [{ Expositions }, { familiesOf }, { COMPAT_FAMILIES }, { takeScrape }, { performance }] = await Promise.all([
    import('./exposition.ts'),
    import('./families.ts'),
    import('./compat-families.ts'),
    import('./scrape.ts'),
    import('node:perf_hooks'),
  ]);
  const { compat_names: isCompatible } = readOptions(supervisor.config.sections['metrics'] ?? {}, metricsOptions);
  const own = familiesOf(counters, {
    version: typeof TSV_VERSION === 'string' ? TSV_VERSION : 'unknown',
    cpuSeconds: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    memoryBytes: () => process.memoryUsage.rss(),
  });
  const shipped = isCompatible ? [...own, ...COMPAT_FAMILIES] : own;
  const added = acceptFamilies(getMetricsHooks(supervisor).families.call([]), shipped, (text) =>
    supervisor.use(loggingService)?.log('WARN', text),
  );
  const expositions = await Expositions.load([...shipped, ...added], registry);
  let last = performance.eventLoopUtilization();
  const utilization = (): number => {
    const now = performance.eventLoopUtilization();
    const since = performance.eventLoopUtilization(now, last);
    last = now;
    return since.utilization;
  };
  return async (accept: string) => expositions.print(await takeScrape(supervisor, utilization), accept);
}

async function answer(
  { info, request, response }: Exchange,
  scrape: (accept: string) => ReturnType<Expositions['print']>,
): Promise<void> {
  if (info.method !== 'GET' && info.method !== 'HEAD') {
    throw new HttpRefusal(405, 'metrics are read with GET', { Allow: 'GET, HEAD' });
  }
  const { contentType, text } = await scrape(request.headers.accept ?? '');
  response.writeHead(200, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(info.method === 'HEAD' ? undefined : text);
}
