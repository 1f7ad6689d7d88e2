import { SyncBailHook, SyncHook, SyncWaterfallHook } from 'tapable';
import { hooksOf, type Terms, type ProcessView } from '../../core/index.ts';
import type { ActivityLogFile } from './activity-log.ts';
import type { ChildLog } from './child-log.ts';
import type { Level } from './level.ts';
import type { Sink } from './sink.ts';

/** The two streams of a child that are read. */
export type Channel = 'stdout' | 'stderr';

/**
 * What became of bytes for a child's stdin: `queued` is as good as delivered; `closed` means nobody reads (any more);
 * `full` means that too much is waiting already, and that none of these bytes was taken.
 */
export type StdinResult = 'queued' | 'closed' | 'full';

/**
 * The hooks of logging: how other plugins see, send and keep output, and write into the daemon's own log. A fault in a
 * tap is reported with the plugin's name and counts as no opinion, except in `sink`.
 *
 * Bytes handed to a tap lie in a buffer that is used again for the next read: they are valid during the call only. Copy what
 * you keep (`Buffer.from(bytes)`).
 */
export const getLoggingHooks = hooksOf(({ guard }) => {
  const advises: Terms = { onFault: 'pass' };

  return Object.freeze({
    /** Output as it arrived, nothing taken out or added. Called for every read, after the bytes were given to the log. */
    output: guard(new SyncHook<[ProcessView, Channel, Uint8Array]>(['process', 'channel', 'bytes'], 'output'), advises),

    /**
     * Output of a process with `stdout_events_enabled` (or `stderr_…`), after it was given to the log: what Supervisor
     * announces as PROCESS_LOG. Without the tags of a capture, and with what stood between them.
     */
    logEvent: guard(
      new SyncHook<[ProcessView, Channel, Uint8Array]>(['process', 'channel', 'bytes'], 'logEvent'),
      advises,
    ),

    /** What stood between two capture tags: Supervisor's PROCESS_COMMUNICATION. At most `…_capture_maxbytes`, the newest. */
    captured: guard(
      new SyncHook<[ProcessView, Channel, Uint8Array]>(['process', 'channel', 'bytes'], 'captured'),
      advises,
    ),

    /**
     * Does this channel speak a protocol with a plugin (an event listener's stdout does)? Then it is logged, but never
     * captured or announced. Asked once for each process. Nobody answers: no.
     */
    protocol: guard(
      new SyncBailHook<[ProcessView, Channel], boolean | undefined>(['process', 'channel'], 'protocol'),
      advises,
    ),

    /**
     * Where the output of a channel goes. In: the sinks so far (the log file, syslog; none with `NONE`). Out: the sinks to
     * use. Asked once for each process, before its first start. Throws: that start fails, with the reason.
     */
    sink: guard(
      new SyncWaterfallHook<[readonly Sink[], ProcessView, Channel]>(['sinks', 'process', 'channel'], 'sink'),
      { onFault: 'fail' },
    ),

    /** The log of a channel; `undefined` where it has none (`NONE`, syslog, a redirected stderr). */
    childLog: guard(
      new SyncBailHook<[ProcessView, Channel], ChildLog | undefined>(['process', 'channel'], 'childLog'),
      advises,
    ),

    /** The daemon's own log; `undefined` where it is not a file. */
    activityLog: guard(new SyncBailHook<[], ActivityLogFile | undefined>([], 'activityLog'), advises),

    /** Send bytes to the stdin of a process. Nobody answers: it has none that anybody could write to. */
    stdin: guard(
      new SyncBailHook<[ProcessView, Uint8Array], StdinResult | undefined>(['process', 'bytes'], 'stdin'),
      advises,
    ),

    /** Call it to open all log files anew under their names (SIGUSR2). Tap it to do the same with files of your own. */
    reopen: guard(new SyncHook<[]>([], 'reopen'), advises),

    /** Call it to write a line into the daemon's own log. Tap it to see what others write. */
    log: guard(new SyncHook<[Level, string]>(['level', 'text'], 'log'), advises),
  });
});

export type LoggingHooks = ReturnType<typeof getLoggingHooks>;
