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
export const getLoggingHooks = hooksOf((hook) => {
  const advises: Terms = { onFault: 'pass' };

  return Object.freeze({
    /** Output as it arrived, nothing taken out or added. Called for every read, after the bytes were given to the log. */
    output: hook.sync<[ProcessView, Channel, Uint8Array]>('output', ['process', 'channel', 'bytes'], advises),

    /**
     * Output of a process with `stdout_events_enabled` (or `stderr_…`), after it was given to the log: what Supervisor
     * announces as PROCESS_LOG. Without the tags of a capture, and with what stood between them.
     */
    logEvent: hook.sync<[ProcessView, Channel, Uint8Array]>('logEvent', ['process', 'channel', 'bytes'], advises),

    /** What stood between two capture tags: Supervisor's PROCESS_COMMUNICATION. At most `…_capture_maxbytes`, the newest. */
    captured: hook.sync<[ProcessView, Channel, Uint8Array]>('captured', ['process', 'channel', 'bytes'], advises),

    /**
     * Does this channel speak a protocol with a plugin (an event listener's stdout does)? Then it is logged, but never
     * captured or announced. Asked once for each process. Nobody answers: no.
     */
    protocol: hook.bail<[ProcessView, Channel], boolean>('protocol', ['process', 'channel'], advises),

    /**
     * Where the output of a channel goes. In: the sinks so far (the log file, syslog; none with `NONE`). Out: the sinks to
     * use. Asked once for each process, before its first start. Throws: that start fails, with the reason.
     */
    sink: hook.waterfall<[readonly Sink[], ProcessView, Channel]>('sink', ['sinks', 'process', 'channel'], {
      onFault: 'fail',
    }),

    /** The log of a channel; `undefined` where it has none (`NONE`, syslog, a redirected stderr). */
    childLog: hook.bail<[ProcessView, Channel], ChildLog>('childLog', ['process', 'channel'], advises),

    /** The daemon's own log; `undefined` where it is not a file. */
    activityLog: hook.bail<[], ActivityLogFile>('activityLog', [], advises),

    /** Send bytes to the stdin of a process. Nobody answers: it has none that anybody could write to. */
    stdin: hook.bail<[ProcessView, Uint8Array], StdinResult>('stdin', ['process', 'bytes'], advises),

    /** Call it to open all log files anew under their names (SIGUSR2). Tap it to do the same with files of your own. */
    reopen: hook.sync<[]>('reopen', [], advises),

    /** Call it to write a line into the daemon's own log. Tap it to see what others write. */
    log: hook.sync<[Level, string]>('log', ['level', 'text'], advises),
  });
});

export type LoggingHooks = ReturnType<typeof getLoggingHooks>;
