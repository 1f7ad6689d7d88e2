import type { Posix } from '../../core/posix.ts';
import type { Loaded } from '../../plugins/config/index.ts';
import { stateFolder, takeLock } from '../../plugins/daemon/index.ts';
import { HTTP_ERRORS, serversOf } from '../../plugins/http/index.ts';
import { settingsOf } from './load.ts';

/** What a daemon that has no lock says. */
type Notice = { readonly level: 'WARN'; readonly text: string };

/**
 * Makes sure that this daemon is the only one of its configuration, before it touches anything. Returns what gives the lock back.
 * @throws Error where another one runs.
 */
export function lockConfiguration(loaded: Loaded, posix: Posix | undefined): { release: () => void; notice?: Notice } {
  const servers = serversOf(loaded.config.sections);
  const { pidfile } = settingsOf(loaded.config);
  const places = [
    ...servers.map((server) => (server.type === 'unix' ? server.file : `${server.host}:${server.port}`)),
    pidfile,
  ];
  const path = stateFolder({ file: loaded.file, identifier: loaded.config.identifier, places: places.map(String) });
  const result = takeLock(path, { owner: loaded.user, flock: posix && ((fd) => posix.lockFile(fd)) });
  switch (result.kind) {
    case 'taken':
      return { release: result.release };
    case 'impossible': {
      const text = `nothing keeps a second daemon of this configuration from starting: there is no lock (${result.reason})`;
      return { release: () => undefined, notice: { level: 'WARN', text } };
    }
    case 'held': {
      const who = `tsvd with pid ${result.pid ?? 'unknown'} runs ${loaded.file}`;
      // The sentence is Supervisor's: scripts look for it.
      if (servers.length > 0) throw new Error(HTTP_ERRORS.TSV_HTTP_IN_USE(who));
      throw new Error(`${who} already; end that one first, or give this one a pidfile or an identifier of its own`);
    }
  }
}
