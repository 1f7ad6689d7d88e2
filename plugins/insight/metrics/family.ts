import type { Scrape } from './scrape.ts';

/** All samples of one name. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: (now: Scrape) => readonly Sample[];
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** The suffix of the name in a histogram. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}
