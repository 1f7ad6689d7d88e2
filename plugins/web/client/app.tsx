import { useEffect, useState } from 'preact/hooks';
import { shownSections } from './arrange.ts';
import { BesidePanel } from './beside.tsx';
import { DaemonPanel } from './daemon-panel.tsx';
import { Dialogs } from './dialogs.tsx';
import { Foot } from './foot.tsx';
import type { Beside, Model } from './model.ts';
import { Notices } from './notices.tsx';
import { usePage } from './page.ts';
import { ProcessPanel } from './process-panel.tsx';
import { Table } from './table.tsx';
import { TopBar } from './top-bar.tsx';
import { visible } from './visible.ts';

/** Under this there is no room beside the table: what stands there covers it. The style sheet says the same. */
const NARROW = '(max-width: 60rem)';

/** The whole page: a picture of the model, and of what time it is. */
export function App({ model, now }: { readonly model: Model; readonly now: number }) {
  const { about, connection, processes, filter, only, beside } = model;
  const isNarrow = useMedia(NARROW);
  const isCovered = isNarrow && beside !== undefined;
  // What is not known any more does not go on: the uptimes stand still.
  const shownNow = connection.kind === 'lost' ? connection.seen : now;
  const looks = ['live', beside !== undefined && 'with-beside', connection.kind === 'lost' && 'stale'];
  return (
    <div class={looks.filter(Boolean).join(' ')}>
      <div class="front" inert={isCovered}>
        <TopBar
          about={about}
          connection={connection.kind}
          processes={processes}
          filter={filter}
          only={only}
          beside={beside}
        />
        <main class="sheet">
          <Rows model={model} now={shownNow} />
        </main>
      </div>
      {beside !== undefined && <BesideOf model={model} beside={beside} now={shownNow} />}
      <Foot model={model} now={now} />
      <Notices notices={model.notices} />
      <Dialogs dialog={model.dialog} processes={processes} whyNot={usePage().commands.whyNot} />
    </div>
  );
}

function Rows({ model, now }: { readonly model: Model; readonly now: number }) {
  const sections = shownSections(model);
  if (model.processes.size === 0 && sections.length === 0) return <p class="note">No programs to manage</p>;
  return (
    <>
      <Table model={model} sections={sections} now={now} />
      {sections.length === 0 && <NoMatch model={model} />}
    </>
  );
}

/** What the filters leave is nothing: why, and the way back. */
function NoMatch({ model: { filter, only, processes } }: { readonly model: Model }) {
  const { dispatch } = usePage();
  const whom =
    only === undefined ? 'No process' : only === 'trouble' ? 'No process in trouble' : `No process that is ${only}`;
  const text = filter.trim() === '' ? `${whom}.` : `${whom} matches “${visible(filter)}”.`;
  return (
    <div class="note" role="status">
      <p>{only === 'trouble' && filter.trim() === '' ? 'No process is in trouble.' : text}</p>
      <button type="button" class="framed" onClick={() => dispatch({ kind: 'showAll' })}>
        Show all {processes.size}
      </button>
    </div>
  );
}

function BesideOf({ model, beside, now }: { readonly model: Model; readonly beside: Beside; readonly now: number }) {
  const { about, happenings, processes, histories, pending, connection } = model;
  if (beside.kind === 'daemon') return <DaemonPanel about={about} happenings={happenings} tab={beside.tab} />;
  const process = processes.get(beside.name);
  if (process === undefined) return <Unknown name={beside.name} />;
  return (
    <ProcessPanel
      key={beside.name}
      process={process}
      history={histories.get(beside.name)}
      happenings={happenings}
      tab={beside.tab}
      now={now}
      isPending={pending.has(beside.name)}
      isCut={connection.kind === 'lost'}
    />
  );
}

/** An address may be old, or wrong. */
function Unknown({ name }: { readonly name: string }) {
  const { dispatch } = usePage();
  return (
    <BesidePanel title={name}>
      <div class="note">
        <p>There is no process {visible(name)}. It was removed from the configuration, or the address is wrong.</p>
        <button type="button" class="framed" onClick={() => dispatch({ kind: 'beside', beside: undefined })}>
          Show all processes
        </button>
      </div>
    </BesidePanel>
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
