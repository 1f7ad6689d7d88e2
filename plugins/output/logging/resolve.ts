import { dirname, join } from 'node:path';
import type { ReadSection, Resolution, ResolveHost } from '../../../core/index.ts';

/** `resolve` of the plugin's class: where the daemon's own log and the AUTO logs of programs lie. */
export const resolve = (sections: readonly ReadSection[], host: ResolveHost): Resolution => {
  const section = sections.find(({ kind }) => kind === 'supervisord');
  if (section === undefined) return { sections: {} };
  const places = { ...placesOf(section, host), ...ownPlaces(section, host) };
  const folders = [...(places.logfile === undefined ? [] : [dirname(places.logfile)]), ...[places.childlogdir].flat()];
  return { sections: { supervisord: places }, folders };
};

/** The word `syslog` is a destination, not a file. */
const SYSLOG = 'syslog';

function placesOf({ values: { logfile, childlogdir } }: ReadSection, { absolute, env }: ResolveHost) {
  return {
    ...(typeof logfile === 'string' && { logfile: logfile === SYSLOG ? logfile : absolute(logfile) }),
    childlogdir: typeof childlogdir === 'string' ? childlogdir : temporaryFolder(env),
  };
}

/** In a native configuration of a user, what is not placed lies in that user's folders, and not wherever the daemon was started. */
function ownPlaces({ format, given }: ReadSection, { folders }: ResolveHost) {
  if (format !== 'native' || folders === undefined) return {};
  return {
    ...(!given.has('logfile') && { logfile: join(folders.state, 'tsvd.log') }),
    ...(!given.has('childlogdir') && { childlogdir: folders.state }),
  };
}

/** Where Python's tempfile module looks, without trying whether a file can be made there. */
function temporaryFolder(env: ResolveHost['env']): string {
  return env['TMPDIR'] ?? env['TEMP'] ?? env['TMP'] ?? '/tmp';
}
