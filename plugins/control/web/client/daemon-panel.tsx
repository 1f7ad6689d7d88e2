import { SidePanel } from './side-panel.tsx';
import { EventList } from './event-list.tsx';
import { LogView } from './log-view.tsx';
import type { EventLine } from './event-line.ts';
import type { DaemonTab } from './model.ts';
import { usePage } from './page.ts';
import { Tabs } from './tabs.tsx';
import type { About } from './api-schema.ts';

const TABS = [
  { name: 'events', label: 'Events' },
  { name: 'log', label: 'Log' },
] as const;

interface PanelProps {
  readonly about: About;
  readonly eventLines: readonly EventLine[];
  readonly tab: DaemonTab;
}

/** The daemon itself: its events and its log. */
export function DaemonPanel({ about, eventLines, tab }: PanelProps) {
  const { dispatch } = usePage();
  return (
    <SidePanel title="Daemon">
      <p class="about">
        version {about.version}, process id {about.pid}, {about.state}
      </p>
      <Tabs
        says="About the daemon"
        tabs={TABS}
        chosen={tab}
        choose={(next) => dispatch({ kind: 'sidePanel', sidePanel: { kind: 'daemon', tab: next } })}
      />
      <div class="panel" role="tabpanel" id="panel" aria-label={tab === 'log' ? 'Log' : 'Events'}>
        {tab === 'events' ? (
          <EventList eventLines={eventLines} />
        ) : (
          <LogView source={{ kind: 'daemon' }} says="log of the daemon" />
        )}
      </div>
    </SidePanel>
  );
}
