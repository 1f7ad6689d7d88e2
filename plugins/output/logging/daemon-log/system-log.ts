import { clockTime, codeOf, localTime, monthName, reasonOf, type Clock } from '../../../../core/index.ts';
import type { Posix } from '../../../../core/posix.ts';
import type { Syslog } from '../capture/syslog-sink.ts';

/** The socket of the local syslog daemon. */
const SYSTEM_LOG = '/dev/log';

/** LOG_USER | LOG_INFO, as Python's syslog module has it by default. */
const PRIORITY = '<14>';

export interface SystemLogOptions {
  readonly clock: Pick<Clock, 'wall'>;
  /**
   * Sends one datagram, without waiting. syslog(3) waits, and a log daemon that does not read would block this daemon.
   */
  readonly send: (bytes: Uint8Array) => void;
  /** Called with the number of lost messages, once syslog accepts messages again. */
  readonly report: (problem: string) => void;
}

/**
 * Sends messages to syslog. Drops and counts those that it does not accept at once. Without a listener they are lost,
 * as with syslog(3).
 */
export class SystemLog {
  readonly #options: SystemLogOptions;
  #dropped = 0;
  #reason = '';

  constructor(options: SystemLogOptions) {
    this.#options = options;
  }

  write(text: string): void {
    try {
      this.#options.send(Buffer.from(this.#message(text)));
    } catch (error) {
      if (['ENOENT', 'ECONNREFUSED'].includes(codeOf(error) ?? '')) return;
      this.#dropped += 1;
      this.#reason = reasonOf(error);
      return;
    }
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0; // before the report, which may be sent to syslog, too
    this.#options.report(`syslog did not take ${dropped} messages, which are lost: ${this.#reason}`);
  }

  /** The format of syslog(3) in glibc, which rsyslog and journald read. */
  #message(text: string): string {
    const time = localTime(this.#options.clock.wall());
    const day = String(time.day).padStart(2);
    return `${PRIORITY}${monthName(time)} ${day} ${clockTime(time)} supervisord: ${text}`;
  }
}

/** Without system calls syslog cannot be reached: warns at the first message, and drops all. */
export function openSyslog(
  posix: Posix | undefined,
  { clock, warn }: { readonly clock: SystemLogOptions['clock']; readonly warn: (problem: string) => void },
): Syslog {
  if (posix !== undefined) {
    const log = new SystemLog({ clock, send: (bytes) => posix.sendDatagram(SYSTEM_LOG, bytes), report: warn });
    return (text) => log.write(text);
  }
  let isSaid = false;
  return () => {
    if (isSaid) return;
    isSaid = true;
    warn('syslog cannot be reached without system calls; what should go there is dropped');
  };
}
