import { useState } from 'preact/hooks';
import { BUCKETS, countBuckets, type Bucket } from './bucket.ts';
import { Icon } from './icon.tsx';
import { BulkMenu } from './bulk-menu.tsx';
import { memo } from './memo.tsx';
import type { SidePanelContent, Connection, Model } from './model.ts';
import { usePage } from './page.ts';
import { StateMark } from './state-mark.tsx';
import type { About, State } from './api-schema.ts';
import { visible } from './visible.ts';
import { unreachable } from './unreachable.ts';

export interface TopBarProps {
  readonly about: About;
  readonly connection: Connection['kind'];
  readonly processes: Model['processes'];
  readonly filter: string;
  readonly only: Bucket | undefined;
  readonly sidePanel: SidePanelContent | undefined;
}

/** The name of the daemon, its state, and the filter. Each has a fixed place: nothing moves when a number grows. */
export const TopBar = memo(({ about, connection, processes, filter, only, sidePanel }: TopBarProps) => {
  const { dispatch, commands } = usePage();
  const isDaemonOpen = sidePanel?.kind === 'daemon';
  return (
    <header class="top">
      <h1 title={visible(about.identifier)}>{visible(about.identifier)}</h1>
      <ConnectionSign connection={connection} />
      <Counters processes={processes} only={only} />
      <div class="tools">
        <input
          type="search"
          id="filter"
          placeholder="Filter"
          aria-label="Filter processes by name, state or reason"
          title="Filter (/)"
          autocomplete="off"
          spellcheck={false}
          value={filter}
          onInput={(event) => dispatch({ kind: 'filter', filter: event.currentTarget.value })}
        />
        {commands.mayAct ? (
          <BulkMenu group={undefined} isCut={connection === 'lost'} />
        ) : (
          <span class="role">read only</span>
        )}
        <button
          type="button"
          aria-pressed={isDaemonOpen}
          onClick={() =>
            dispatch({ kind: 'sidePanel', sidePanel: isDaemonOpen ? undefined : { kind: 'daemon', tab: 'events' } })
          }
        >
          Daemon
        </button>
        <ThemeButton />
        <button
          type="button"
          class="symbol wide-only"
          title="Keys (?)"
          aria-label="Keys and help"
          onClick={() => dispatch({ kind: 'dialog', dialog: { kind: 'help' } })}
        >
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
});

const ABOUT: Readonly<Record<Bucket, { readonly says: string; readonly mark: State }>> = {
  trouble: { says: 'in trouble', mark: 'BACKOFF' },
  running: { says: 'that run', mark: 'RUNNING' },
  changing: { says: 'that start or stop', mark: 'STARTING' },
  down: { says: 'that are down', mark: 'STOPPED' },
};

/** How many there are of each kind; each is a filter, too. */
function Counters({ processes, only }: Pick<TopBarProps, 'processes' | 'only'>) {
  const { dispatch } = usePage();
  const counts = countBuckets(processes.values());
  return (
    <div class="counts" role="group" aria-label="Processes by condition">
      {BUCKETS.map((bucket) => (
        <button
          type="button"
          key={bucket}
          class={counts[bucket] === 0 ? 'none' : bucket}
          aria-pressed={only === bucket}
          title={only === bucket ? 'Show all again' : `Show only those ${ABOUT[bucket].says}`}
          onClick={() => dispatch({ kind: 'only', bucket })}
        >
          <StateMark state={ABOUT[bucket].mark} />
          <span>{bucket}</span>
          <b>{counts[bucket]}</b>
        </button>
      ))}
    </div>
  );
}

function ThemeButton() {
  const { preferences } = usePage();
  const [theme, setTheme] = useState(preferences.theme);
  const says = `Colours: ${theme === 'system' ? 'as the system' : theme}`;
  return (
    <button
      type="button"
      class="symbol"
      title={says}
      aria-label={says}
      onClick={() => setTheme(preferences.nextTheme())}
    >
      <Icon name={theme} />
    </button>
  );
}

function ConnectionSign({ connection }: Pick<TopBarProps, 'connection'>) {
  switch (connection) {
    case 'live':
      return <span class="connection well">live</span>;
    case 'connecting':
      return <span class="connection">connecting</span>;
    case 'lost':
      return <span class="connection lost">not connected</span>;
    default:
      return unreachable(connection);
  }
}
