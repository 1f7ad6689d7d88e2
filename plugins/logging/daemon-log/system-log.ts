import { codeOf, localTime, reasonOf, type Clock } from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import type { Syslog } from '../capture/syslog-sink.ts';

/** Where the system's log takes messages. */
const SYSTEM_LOG = '/dev/log';

/** LOG_USER | LOG_INFO, as Python's syslog module has it by default. */
const PRIORITY = '<14>';
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

export interface SystemLogOptions {
  readonly clock: Pick<Clock, 'wall'>;
  /** Sends one datagram. Does not wait: syslog(3) does, and a log daemon that does not read would hold up this one. */
  readonly send: (bytes: Uint8Array) => void;
  /** Told once it takes messages again. */
  readonly report: (problem: string) => void;
}

/** The system's log. What it does not take at once is dropped, and counted; where nobody listens, as with syslog(3), it is lost. */
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
    this.#dropped = 0; // first: the report may come here, too
    this.#options.report(`syslog did not take ${dropped} messages, which are lost: ${this.#reason}`);
  }

  /** As syslog(3) of glibc writes it, and rsyslog and journald read it. */
  #message(text: string): string {
    const { month, day, hour, minute, second } = localTime(this.#options.clock.wall());
    const time = [hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
    return `${PRIORITY}${MONTHS[month - 1]} ${String(day).padStart(2)} ${time} supervisord: ${text}`;
  }
}

/** Without system calls there is no way to the system's log: that is said once, and what should go there is dropped. */
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
