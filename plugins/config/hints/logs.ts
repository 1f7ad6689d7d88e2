import type { ProcessConfig } from '../../../core/index.ts';

const STREAMS = ['stdout', 'stderr'] as const;

interface Log {
  readonly stream: (typeof STREAMS)[number];
  readonly path: string;
  readonly maxbytes: unknown;
  readonly backups: unknown;
}

/** The log files of a process that have a name of their own: not AUTO, NONE or syslog. */
export function logsOf({ options }: ProcessConfig): Log[] {
  return STREAMS.flatMap((stream) => {
    const log = options[`${stream}_logfile`];
    const isNamed = typeof log === 'object' && log !== null && 'path' in log && typeof log.path === 'string';
    if (!isNamed || (stream === 'stderr' && options['redirect_stderr'] === true)) return [];
    const maxbytes = options[`${stream}_logfile_maxbytes`];
    return [{ stream, path: String(log.path), maxbytes, backups: options[`${stream}_logfile_backups`] }];
  });
}

/** Devices and descriptors, /dev/stdout for one: written to, and never rotated. */
export function isDevice(path: string): boolean {
  return /^\/(?:dev|proc)\//.test(path);
}
