import { useState } from 'preact/hooks';
import { countStates } from './arrange.ts';
import { Icon } from './icon.tsx';
import { ManyMenu } from './many-menu.tsx';
import { memo } from './memo.tsx';
import type { Beside, Connection, Model } from './model.ts';
import { usePage } from './page.ts';
import { StateMark } from './state-mark.tsx';
import type { About, State } from './wire.ts';
import { visible } from './visible.ts';
import { unreachable } from './unreachable.ts';

export interface TopBarParts {
  readonly about: About;
  readonly connection: Connection;
  readonly processes: Model['processes'];
  readonly filter: string;
  readonly only: State | undefined;
  readonly beside: Beside | undefined;
}

/** Where this is, how it is, and what to look for. */
export const TopBar = memo(({ about, connection, processes, filter, only, beside }: TopBarParts) => {
  const { dispatch, commands } = usePage();
  const isDaemonOpen = beside?.kind === 'daemon';
  return (
    <header class="top">
      <h1>
        {visible(about.identifier)} <ConnectionSign connection={connection} />
      </h1>
      <div class="counts" role="group" aria-label="Processes by state">
        {countStates(processes.values()).map(([state, count]) => (
          <button
            type="button"
            key={state}
            class={state.toLowerCase()}
            aria-pressed={only === state}
            title={only === state ? 'Show all again' : `Show only ${state.toLowerCase()}`}
            onClick={() => dispatch({ kind: 'only', state })}
          >
            <StateMark state={state} />
            <b>{count}</b> {state.toLowerCase()}
          </button>
        ))}
      </div>
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
        {commands.mayAct ? <ManyMenu group={undefined} /> : <span class="role">read only</span>}
        <button
          type="button"
          aria-pressed={isDaemonOpen}
          onClick={() =>
            dispatch({ kind: 'beside', beside: isDaemonOpen ? undefined : { kind: 'daemon', tab: 'events' } })
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

function ConnectionSign({ connection }: { readonly connection: Connection }) {
  switch (connection.kind) {
    case 'live':
      return <span class="connection well">live</span>;
    case 'connecting':
      return <span class="connection">connecting</span>;
    case 'lost':
      return <span class="connection lost">connection lost</span>;
    default:
      return unreachable(connection);
  }
}
