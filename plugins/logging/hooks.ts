import { hooksOf, type ProcessView } from '../../core/index.ts';
import type { Channel } from './service.ts';
import type { Sink } from './sink.ts';

/** How other plugins decide where output goes: `LoggingPlugin.getHooks(supervisor).sink.tap(…)`. */
export const getLoggingHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Does this channel speak a protocol with a plugin (an event listener's stdout does)? Then it is logged, but never
     * captured or announced. Asked once for each process. Nobody answers: no. Throws: reported; counts as no answer.
     */
    protocol: hook.bail<[ProcessView, Channel], boolean>('protocol', ['process', 'channel'], { onFault: 'pass' }),

    /**
     * Where the output of a channel goes. In: the sinks so far (the log file, syslog; none with `NONE`). Out: the sinks to
     * use. Asked once for each process, before its first start. Throws: that start fails, with the reason.
     */
    sink: hook.waterfall<[readonly Sink[], ProcessView, Channel]>('sink', ['sinks', 'process', 'channel'], {
      onFault: 'fail',
    }),
  }),
);

export type LoggingHooks = ReturnType<typeof getLoggingHooks>;
