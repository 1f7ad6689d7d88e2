import { useEffect, useState } from 'preact/hooks';
import { DaemonPanel } from './daemon-panel.tsx';
import { Dialogs } from './dialogs.tsx';
import type { Beside, Model } from './model.ts';
import { Notices } from './notices.tsx';
import { ProcessPanel } from './process-panel.tsx';
import { Table } from './table.tsx';
import { TopBar } from './top-bar.tsx';

/** Under this there is no room beside the table: what stands there covers it. The style sheet says the same. */
const NARROW = '(max-width: 60rem)';

/** The whole page: a picture of the model, and of what time it is. */
export function App({ model, now }: { readonly model: Model; readonly now: number }) {
  const { about, connection, processes, filter, only, beside } = model;
  const isNarrow = useMedia(NARROW);
  const isCovered = isNarrow && beside !== undefined;
  return (
    <div class={`live${beside === undefined ? '' : ' with-beside'}`}>
      <div class="front" inert={isCovered}>
        <TopBar
          about={about}
          connection={connection}
          processes={processes}
          filter={filter}
          only={only}
          beside={beside}
        />
        {connection.kind === 'lost' && (
          <p class="lost-note" role="alert">
            Connection lost: {connection.why}. What is shown may have changed since; trying again.
          </p>
        )}
        <main class="sheet">
          {model.isLoaded && processes.size === 0 ? (
            <p class="note">No programs to manage</p>
          ) : (
            <Table model={model} now={now} />
          )}
        </main>
      </div>
      {beside !== undefined && <BesideOf model={model} beside={beside} now={now} />}
      <Notices notices={model.notices} />
      <Dialogs dialog={model.dialog} processes={processes} />
    </div>
  );
}

function BesideOf({ model, beside, now }: { readonly model: Model; readonly beside: Beside; readonly now: number }) {
  const { about, happenings, processes, histories, pending } = model;
  if (beside.kind === 'daemon') return <DaemonPanel about={about} happenings={happenings} tab={beside.tab} />;
  const process = processes.get(beside.name);
  if (process === undefined) return null;
  return (
    <ProcessPanel
      process={process}
      history={histories.get(beside.name)}
      happenings={happenings}
      tab={beside.tab}
      now={now}
      isPending={pending.has(beside.name)}
    />
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const look = (): void => setMatches(list.matches);
    list.addEventListener('change', look);
    return () => list.removeEventListener('change', look);
  }, [query]);
  return matches;
}
