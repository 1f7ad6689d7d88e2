import { isDeepStrictEqual } from 'node:util';
import { BUILT_IN, type PluginOptions } from './built-in.ts';

/** The options of a program or of `[supervisord]` that Supervisor 4.2 has, as far as plugins own them here. */
const SUPERVISORS = new Set([
  'autorestart',
  'exitcodes',
  'startretries',
  'redirect_stderr',
  ...['stdout', 'stderr'].flatMap((stream) =>
    ['logfile', 'logfile_maxbytes', 'logfile_backups', 'capture_maxbytes', 'events_enabled', 'syslog'].map(
      (option) => `${stream}_${option}`,
    ),
  ),
  'logfile',
  'logfile_maxbytes',
  'logfile_backups',
  'loglevel',
  'silent',
  'nocleanup',
  'childlogdir',
  'strip_ansi',
]);

/**
 * The options that Supervisor has, and of those that we have added the ones that are set to something: a supervisord.conf without
 * them prints as it does under Supervisor.
 */
export function withoutOwnDefaults(
  kind: 'program' | 'supervisord',
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => SUPERVISORS.has(name) || !isOwnDefault(kind, name, value)),
  );
}

function isOwnDefault(kind: string, name: string, value: unknown): boolean {
  return Object.values<PluginOptions>(BUILT_IN).some(({ sections }) => {
    const option = sections?.[kind]?.[name];
    return option !== undefined && isDeepStrictEqual(option.default, value);
  });
}
