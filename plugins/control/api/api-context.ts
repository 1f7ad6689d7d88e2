import type { ProcessView, Supervisor } from '../../../core/index.ts';
import type { Operations } from '../index.ts';
import type { LoggingService } from '../../output/logging/index.ts';
import type { MethodService } from '../rpc/index.ts';
import type { Feed } from './feed.ts';
import type { ProcessStatus } from './process-status.ts';
import type { Streams } from './streams.ts';
import type { UsageWatch } from './usage-watch.ts';

/** What the operations of the API need. */
export interface ApiContext {
  readonly supervisor: Supervisor;
  /** The operations on processes. */
  readonly control: Operations;
  readonly logging: () => LoggingService | undefined;
  readonly feed: Feed;
  readonly streams: Streams;
  readonly usage: UsageWatch;
  readonly version: string;
  readonly describe: (view: ProcessView) => ProcessStatus;
  /** The OpenAPI document. */
  readonly describeApi: () => Promise<unknown>;
  /** @throws HttpRefusal 501 if the plugin `rpc` is not enabled */
  readonly methods: () => MethodService;
}
