import type { Section } from './arrange.ts';
import type { Bucket } from './bucket.ts';
import type { EventLine, DaemonEvent } from './event-line.ts';
import type { About, ProcessStatus, Usage } from './api-schema.ts';

/** A process as the page shows it. A new object whenever something of it changes, and only then. */
export interface Process extends ProcessStatus {
  /** It was removed; its row stays until the rows may move. */
  readonly isGone?: boolean;
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

export type Connection = { readonly kind: 'connecting' } | { readonly kind: 'live' } | Lost;

/** The shown state is the last known one. */
export interface Lost {
  readonly kind: 'lost';
  readonly why: string;
  /** The last message of the daemon: by the page's clock, and by the wall clock. */
  readonly seen: number;
  readonly seenWall: number;
  /** The time of the next attempt, by the page's clock. */
  readonly retryAt: number;
}

export type Column = 'trouble' | 'name' | 'state' | 'uptime' | 'restarts' | 'cpu' | 'memory';

export interface Sort {
  readonly column: Column;
  readonly isReversed: boolean;
}

/** What the side panel shows. */
export type SidePanelContent =
  | { readonly kind: 'process'; readonly name: string; readonly tab: ProcessTab }
  | { readonly kind: 'daemon'; readonly tab: DaemonTab };

export type ProcessTab = 'log' | 'history' | 'settings';
export type DaemonTab = 'events' | 'log';

/** The target of an action. */
export type Target =
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'all' };

/** The open dialog. */
export type Dialog =
  | { readonly kind: 'confirm'; readonly action: 'start' | 'stop' | 'restart'; readonly target: Target }
  | { readonly kind: 'signal'; readonly target: Target }
  | { readonly kind: 'help' };

/** The result of an action, at the bottom of the page for a while. */
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
  readonly eventLines: readonly EventLine[];
  readonly notices: readonly Notice[];
  readonly filter: string;
  /** Only these; all where there is none. */
  readonly only: Bucket | undefined;
  readonly sort: Sort;
  /**
   * The rows in their held order, while the user points at them or uses the keys in them; `undefined` if they may move.
   */
  readonly held: readonly Section[] | undefined;
  readonly sidePanel: SidePanelContent | undefined;
  readonly dialog: Dialog | undefined;
  /** The row that the keyboard is at. */
  readonly current: string | undefined;
  /** Processes with an action that has not been answered. */
  readonly pending: ReadonlySet<string>;
}

export type Change =
  | { readonly kind: 'about'; readonly about: About }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'all'; readonly processes: readonly ProcessStatus[]; readonly now: number }
  | { readonly kind: 'one'; readonly process: ProcessStatus; readonly now: number }
  | { readonly kind: 'gone'; readonly name: string }
  | { readonly kind: 'usage'; readonly samples: readonly (Usage & { readonly namespec: string })[] }
  | { readonly kind: 'happened'; readonly event: DaemonEvent }
  | { readonly kind: 'notice'; readonly isBad: boolean; readonly text: string }
  | { readonly kind: 'dismiss'; readonly number: number }
  | { readonly kind: 'filter'; readonly filter: string }
  | { readonly kind: 'only'; readonly bucket: Bucket | undefined }
  | { readonly kind: 'hold'; readonly isHeld: boolean }
  | { readonly kind: 'showAll' }
  | { readonly kind: 'sort'; readonly column: Column }
  | { readonly kind: 'sidePanel'; readonly sidePanel: SidePanelContent | undefined }
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
    eventLines: [],
    notices: [],
    filter: '',
    only: undefined,
    sort: { column: 'trouble', isReversed: false },
    held: undefined,
    sidePanel: undefined,
    dialog: undefined,
    current: undefined,
    pending: new Set(),
  };
}
