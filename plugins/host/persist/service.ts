import { service } from '../../../core/index.ts';

/** What a plugin keeps for the next daemon, in case this one is killed. */
export interface StateService {
  /**
   * The part of the state under this name. `version` belongs to the form of the values: those of another version are
   * not seen.
   */
  slice(name: string, version: number): StateSlice;
  /**
   * Has the descriptor held open while there is no daemon: a pipe or a socket. Of one called `stdout …` or `stderr …` a reading end
   * is held, so that readers can still reach the end of file. The state has it under this name until
   * {@link release}; the descriptor itself stays the caller's.
   */
  hold(name: string, fd: number): void;
  release(name: string): void;
  /**
   * Opens what the daemon before had under this name, a pipe with these flags of open(2); the caller closes it.
   * In taps of `resumed` and `start` only. `undefined`: there was none, nobody has it any more, or this user may not open it.
   */
  takeOver(name: string, flags: number): number | undefined;
}

/** Small values by key. Nothing secret: no environment, no password. */
export interface StateSlice {
  /** What the daemon before has left, where it was killed. Known from the `process` hook on. */
  readonly previous: ReadonlyMap<string, unknown>;
  /** A value of JSON. Does not throw: a state that cannot be written is reported in the log. */
  set(key: string, value: unknown): void;
  delete(key: string): void;
}

/** Where the state is, and what this process has brought from before it became this program. */
export interface StateFolder {
  readonly path: string;
  /** Descriptors by name; they are taken over first. */
  readonly inherited: ReadonlyMap<string, number>;
}

/** Provided by the daemon, where no other daemon uses the folder. */
export const stateFolderService = service<StateFolder>('stateFolder');

/** Provided by the plugin `persist`. */
export const stateService = service<StateService>('state');

/** As in the daemon's log. */
export type NoticeLevel = 'CRIT' | 'ERRO' | 'WARN' | 'INFO';

declare module '../../../core/index.ts' {
  interface EventMap {
    /** Something about the state of the daemon, or about what another one has left, that people should know. */
    'state:notice': { readonly level: NoticeLevel; readonly text: string };
  }
}
