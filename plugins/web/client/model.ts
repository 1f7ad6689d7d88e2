import type { Health } from './trouble.ts';
import type { About, ProcessStatus, State, Usage } from './wire.ts';

/** A process as the page shows it. A new object whenever something of it changes, and only then. */
export interface Process extends ProcessStatus {
  readonly health: Health;
  /** When it came up, by the page's own clock; `undefined` while it is down. */
  readonly upSince: number | undefined;
}

/** CPU and memory over the last minutes, oldest first; as many as SAMPLES. */
export interface History {
  readonly cpu: readonly number[];
  readonly memory: readonly number[];
}

/** One each two seconds: two minutes. */
export const SAMPLES = 60;

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly why: string };

/** Something that happened, as the list of events says it. */
export interface Happening {
  readonly number: number;
  /** Wall time of the page. */
  readonly at: number;
  readonly event: string;
  /** `group:name`; empty where it is about no process. */
  readonly process: string;
  readonly text: string;
  readonly state: State | undefined;
}

export type Column = 'trouble' | 'name' | 'state' | 'uptime' | 'restarts' | 'cpu' | 'memory';

export interface Sort {
  readonly column: Column;
  readonly isReversed: boolean;
}

/** What stands beside the table. */
export type Beside =
  | { readonly kind: 'process'; readonly name: string; readonly tab: ProcessTab }
  | { readonly kind: 'daemon'; readonly tab: DaemonTab };

export type ProcessTab = 'log' | 'history' | 'settings';
export type DaemonTab = 'events' | 'log';

/** Whom an action is about. */
export type Target =
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'all' };

/** What is asked before something is done. */
export type Dialog =
  | { readonly kind: 'confirm'; readonly action: 'start' | 'stop' | 'restart'; readonly target: Target }
  | { readonly kind: 'signal'; readonly target: Target }
  | { readonly kind: 'help' };

/** Outcome of an action, at the foot of the page for a while. */
export interface Notice {
  readonly number: number;
  readonly isBad: boolean;
  readonly text: string;
}

export interface Model {
  readonly about: About;
  readonly connection: Connection;
  /** Whether the processes were read at least once. */
  readonly isLoaded: boolean;
  /** In the daemon's order. */
  readonly processes: ReadonlyMap<string, Process>;
  readonly histories: ReadonlyMap<string, History>;
  readonly happenings: readonly Happening[];
  readonly notices: readonly Notice[];
  readonly filter: string;
  /** Only this state; all where there is none. */
  readonly only: State | undefined;
  readonly sort: Sort;
  readonly beside: Beside | undefined;
  readonly dialog: Dialog | undefined;
  /** The row that the keyboard is at. */
  readonly current: string | undefined;
  /** Actions that were asked for and have not been answered, by process. */
  readonly pending: ReadonlySet<string>;
}

export type Change =
  | { readonly kind: 'about'; readonly about: About }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'all'; readonly processes: readonly ProcessStatus[]; readonly now: number }
  | { readonly kind: 'one'; readonly process: ProcessStatus; readonly now: number }
  | { readonly kind: 'gone'; readonly name: string }
  | { readonly kind: 'usage'; readonly samples: readonly (Usage & { readonly namespec: string })[] }
  | { readonly kind: 'happened'; readonly happening: Omit<Happening, 'number'> }
  | { readonly kind: 'notice'; readonly isBad: boolean; readonly text: string }
  | { readonly kind: 'dismiss'; readonly number: number }
  | { readonly kind: 'filter'; readonly filter: string }
  | { readonly kind: 'only'; readonly state: State | undefined }
  | { readonly kind: 'sort'; readonly column: Column }
  | { readonly kind: 'beside'; readonly beside: Beside | undefined }
  | { readonly kind: 'dialog'; readonly dialog: Dialog | undefined }
  | { readonly kind: 'current'; readonly name: string | undefined }
  | { readonly kind: 'pending'; readonly names: readonly string[]; readonly isOver: boolean };

export function emptyModel(about: About): Model {
  return {
    about,
    connection: { kind: 'connecting' },
    isLoaded: false,
    processes: new Map(),
    histories: new Map(),
    happenings: [],
    notices: [],
    filter: '',
    only: undefined,
    sort: { column: 'trouble', isReversed: false },
    beside: undefined,
    dialog: undefined,
    current: undefined,
    pending: new Set(),
  };
}
