import { hooksOf, type ProcessView } from '../../../core/index.ts';
import type { Channel } from './service.ts';
import type { Sink } from './sink.ts';

/** Hooks with which other plugins decide where output goes: `LoggingPlugin.getHooks(supervisor).sink.tap(…)`. */
export const getLoggingHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Does this channel carry a plugin's protocol, as the stdout of an event listener does? Then its output is logged,
     * but neither captured nor emitted as log events. Called once for each process. Without an answer: no. Throws:
     * reported; counts as no answer.
     */
    protocol: hook.bail<[ProcessView, Channel], boolean>('protocol', ['process', 'channel'], { onFault: 'pass' }),

    /**
     * Where the output of a channel goes. In: the sinks so far (the log file, syslog; none with `NONE`). Out: the sinks
     * to use. Called once for each process, before its first start. Throws: that start fails, with the reason.
     */
    sink: hook.waterfall<[readonly Sink[], ProcessView, Channel]>('sink', ['sinks', 'process', 'channel'], {
      onFault: 'fail',
    }),
  }),
);

export type LoggingHooks = ReturnType<typeof getLoggingHooks>;
