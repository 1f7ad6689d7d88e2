import type { Posix } from '../../core/posix.ts';
import type { Loaded } from '../../plugins/config/index.ts';
import { removeRunFile, stateFolder, takeLock, writeRunFile } from '../../plugins/host/daemon/index.ts';
import { HTTP_ERRORS, serversOf } from '../../plugins/control/http/index.ts';
import { reasonOf } from '../../core/index.ts';
import { settingsOf } from './load.ts';

declare const TSV_VERSION: string;

/** The warning of a daemon without a lock. */
type Notice = { readonly level: 'WARN'; readonly text: string };

/** The only daemon of its configuration, as far as this could be ensured. */
export interface SingleInstance {
  /** The line for the log. */
  readonly notice?: Notice;
  /** The state folder, if it is this daemon's alone. */
  readonly folder?: string;
  /** Publishes the address for clients that cannot read the configuration. Returns the reason on failure. */
  readonly announce: (serverurl: string | undefined) => string | undefined;
  /** Removes the address, and releases the lock. */
  readonly release: () => void;
}

/**
 * Ensures that this is the only daemon of its configuration, before it touches anything.
 * @throws Error if another one runs.
 */
export function lockConfiguration(loaded: Loaded, posix: Posix | undefined): SingleInstance {
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
      return {
        folder: path,
        announce: (serverurl) => announce(path, serverurl),
        release: () => {
          removeRunFile(path);
          result.release();
        },
      };
    case 'impossible': {
      const text = `nothing keeps a second daemon of this configuration from starting: there is no lock (${result.reason})`;
      return { announce: () => undefined, release: () => undefined, notice: { level: 'WARN', text } };
    }
    case 'held': {
      const who = `tsvd with pid ${result.pid ?? 'unknown'} runs ${loaded.file}`;
      // The sentence is Supervisor's: scripts search for it.
      if (servers.length > 0) throw new Error(HTTP_ERRORS.TSV_HTTP_IN_USE(who));
      throw new Error(`${who} already; end that one first, or give this one a pidfile or an identifier of its own`);
    }
  }
}

function announce(path: string, serverurl: string | undefined): string | undefined {
  if (serverurl === undefined) return undefined;
  try {
    writeRunFile(path, { version: TSV_VERSION, serverurl });
    return undefined;
  } catch (error) {
    return `tsvctl will not find this daemon while its configuration is broken: ${reasonOf(error)}`;
  }
}
