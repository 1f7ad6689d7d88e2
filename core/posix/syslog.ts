import koffi from 'koffi';
import type { Libc } from './libc.ts';

export interface SyslogCalls {
  /** Hands a message to the system's log, as `user.info` of `ident`. Lost where nobody listens there. */
  syslog(ident: string, text: string): void;
}

/** LOG_USER | LOG_INFO, as Python's syslog module has it by default. */
const LOG_USER_INFO = 14;

export function syslogCalls({ func }: Libc): SyslogCalls {
  const openlog = func('void openlog(char *ident, int option, int facility)');
  const syslog = func('void syslog(int priority, const char *format, ...)');
  /** The name that libc goes on using after the call: memory that is never freed. */
  const idents = new Map<string, unknown>();

  return {
    syslog(ident, text) {
      if (!idents.has(ident)) {
        const bytes = Buffer.from(`${ident}\0`);
        const memory: unknown = koffi.alloc('char', bytes.length);
        koffi.encode(memory, koffi.array('char', bytes.length), [...bytes]);
        idents.set(ident, memory);
      }
      openlog(idents.get(ident), 0, 0);
      syslog(LOG_USER_INFO, '%s', 'str', text);
    },
  };
}
