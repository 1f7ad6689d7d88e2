import { useEffect, useState } from 'preact/hooks';
import { shownSections } from './arrange.ts';
import { SidePanel } from './side-panel.tsx';
import { DaemonPanel } from './daemon-panel.tsx';
import { Dialogs } from './dialogs.tsx';
import { Footer } from './footer.tsx';
import type { SidePanelContent, Model } from './model.ts';
import { Notices } from './notices.tsx';
import { usePage } from './page.ts';
import { ProcessPanel } from './process-panel.tsx';
import { Table } from './table.tsx';
import { TopBar } from './top-bar.tsx';
import { visible } from './visible.ts';

/** Below this width the side panel covers the table. The style sheet has the same value. */
const NARROW = '(max-width: 60rem)';

/** The whole page, drawn from the model and the time. */
export function App({ model, now }: { readonly model: Model; readonly now: number }) {
  const { about, connection, processes, filter, only, sidePanel } = model;
  const isNarrow = useMedia(NARROW);
  const isCovered = isNarrow && sidePanel !== undefined;
  // Without a connection the uptimes stand still.
  const shownNow = connection.kind === 'lost' ? connection.seen : now;
  const classNames = ['live', sidePanel !== undefined && 'with-side-panel', connection.kind === 'lost' && 'stale'];
  return (
    <div class={classNames.filter(Boolean).join(' ')}>
      <div class="front" inert={isCovered}>
        <TopBar
          about={about}
          connection={connection.kind}
          processes={processes}
          filter={filter}
          only={only}
          sidePanel={sidePanel}
        />
        <main class="sheet">
          <Rows model={model} now={shownNow} />
        </main>
      </div>
      {sidePanel !== undefined && <SidePanelOf model={model} sidePanel={sidePanel} now={shownNow} />}
      <Footer model={model} now={now} />
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

/** Shown if no row matches the filters: why, and how to reset them. */
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

function SidePanelOf({
  model,
  sidePanel,
  now,
}: {
  readonly model: Model;
  readonly sidePanel: SidePanelContent;
  readonly now: number;
}) {
  const { about, eventLines, processes, histories, pending, connection } = model;
  if (sidePanel.kind === 'daemon') return <DaemonPanel about={about} eventLines={eventLines} tab={sidePanel.tab} />;
  const process = processes.get(sidePanel.name);
  if (process === undefined) return <Unknown name={sidePanel.name} />;
  return (
    <ProcessPanel
      key={sidePanel.name}
      process={process}
      history={histories.get(sidePanel.name)}
      eventLines={eventLines}
      tab={sidePanel.tab}
      now={now}
      isPending={pending.has(sidePanel.name)}
      isCut={connection.kind === 'lost'}
    />
  );
}

/** The URL may be old or wrong. */
function Unknown({ name }: { readonly name: string }) {
  const { dispatch } = usePage();
  return (
    <SidePanel title={name}>
      <div class="note">
        <p>There is no process {visible(name)}. It was removed from the configuration, or the address is wrong.</p>
        <button type="button" class="framed" onClick={() => dispatch({ kind: 'sidePanel', sidePanel: undefined })}>
          Show all processes
        </button>
      </div>
    </SidePanel>
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
