import type { Metric, OpenMetricsContentType, Registry } from 'prom-client';
import type { Family } from './family.ts';
import type { Scrape } from './scrape.ts';

/** A registry of prom-client that speaks one of the two formats. */
export type AnyRegistry = Registry | Registry<OpenMetricsContentType>;

/** The text of a scrape, and its type. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The families in registries of prom-client, which knows the formats: OpenMetrics for those who accept it, Prometheus's text for
 * others. A registry of the user's own keeps its format, and what else is in it is told, too.
 */
export class Expositions {
  readonly #open: AnyRegistry;
  readonly #plain: AnyRegistry;
  #scrape: Scrape | undefined;

  private constructor(open: AnyRegistry, plain: AnyRegistry, families: readonly Family[]) {
    this.#open = open;
    this.#plain = plain;
    const current = (): Scrape | undefined => this.#scrape;
    // Objects of their own for each registry: prom-client changes the name of a counter in one format.
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
    // Read at once by every family, before anybody else's scrape could take its place.
    this.#scrape = scrape;
    const text = registry.metrics();
    return { contentType: registry.contentType, text: await text };
  }
}

/**
 * A family as prom-client takes a metric. Its own classes keep values that are set and added to; here each value is made of what is
 * so at the moment of the scrape. A registry asks a metric for no more than its name and `get`.
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
  // The type wants one of four classes; the paragraph above says why this is enough.
  return metric as unknown as Metric;
}
