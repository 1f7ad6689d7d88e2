import type { Metric, OpenMetricsContentType, Registry } from 'prom-client';
import type { Family } from './family.ts';
import type { Scrape } from './scrape.ts';

/** A prom-client registry for one of the two formats. */
export type AnyRegistry = Registry | Registry<OpenMetricsContentType>;

/** The text of a scrape, and its content type. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The families in prom-client registries, which know the formats: OpenMetrics for clients that accept it, Prometheus's
 * text for others. A user's own registry keeps its format, and its other metrics are exposed, too.
 */
export class Expositions {
  readonly #open: AnyRegistry;
  readonly #plain: AnyRegistry;
  #scrape: Scrape | undefined;

  private constructor(open: AnyRegistry, plain: AnyRegistry, families: readonly Family[]) {
    this.#open = open;
    this.#plain = plain;
    const current = (): Scrape | undefined => this.#scrape;
    // Separate objects for each registry: prom-client renames a counter in one of the formats.
    for (const registry of new Set([open, plain])) {
      for (const family of families) registry.registerMetric(asMetric(family, current));
    }
  }

  static async load(families: readonly Family[], own: AnyRegistry | undefined): Promise<Expositions> {
    if (own !== undefined) return new Expositions(own, own, families);
    const { Registry } = await import('prom-client');
    const open = new Registry<OpenMetricsContentType>();
    open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    return new Expositions(open, new Registry(), families);
  }

  /** All samples of one moment. */
  async print(scrape: Scrape, accept: string): Promise<Exposition> {
    const registry = accept.includes('application/openmetrics-text') ? this.#open : this.#plain;
    // Every family reads it synchronously, before another scrape can replace it.
    this.#scrape = scrape;
    const text = registry.metrics();
    return { contentType: registry.contentType, text: await text };
  }
}

/**
 * A family as a prom-client metric. prom-client's own classes store values; here each value is computed at the moment
 * of the scrape. A registry only needs the name of a metric and `get`.
 */
function asMetric(family: Family, scrape: () => Scrape | undefined): Metric {
  const metric = {
    name: family.name,
    help: family.help,
    type: family.type,
    get() {
      const now = scrape();
      const samples = now === undefined ? [] : family.samples(now);
      const values = samples.map(({ suffix, labels = {}, value }) => ({
        labels,
        value,
        ...(suffix !== undefined && { metricName: `${family.name}${suffix}` }),
      }));
      return { name: metric.name, help: family.help, type: family.type, values, aggregator: 'sum' };
    },
  };
  // The type requires one of four classes; the comment above says why this is enough.
  return metric as unknown as Metric;
}
