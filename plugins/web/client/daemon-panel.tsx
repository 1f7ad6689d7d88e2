import { BesidePanel } from './beside.tsx';
import { HappeningsList } from './happenings-list.tsx';
import { LogView } from './log-view.tsx';
import type { Happening } from './happening.ts';
import type { DaemonTab } from './model.ts';
import { usePage } from './page.ts';
import { Tabs } from './tabs.tsx';
import type { About } from './wire.ts';

const TABS = [
  { name: 'events', label: 'Events' },
  { name: 'log', label: 'Log' },
] as const;

interface PanelParts {
  readonly about: About;
  readonly happenings: readonly Happening[];
  readonly tab: DaemonTab;
}

/** The daemon itself: what happened, and its own log. */
export function DaemonPanel({ about, happenings, tab }: PanelParts) {
  const { dispatch } = usePage();
  return (
    <BesidePanel title="Daemon">
      <p class="about">
        version {about.version}, process id {about.pid}, {about.state}
      </p>
      <Tabs
        says="About the daemon"
        tabs={TABS}
        chosen={tab}
        choose={(next) => dispatch({ kind: 'beside', beside: { kind: 'daemon', tab: next } })}
      />
      <div class="panel" role="tabpanel" id="panel" aria-label={tab === 'log' ? 'Log' : 'Events'}>
        {tab === 'events' ? (
          <HappeningsList happenings={happenings} />
        ) : (
          <LogView source={{ kind: 'daemon' }} says="log of the daemon" />
        )}
      </div>
    </BesidePanel>
  );
}
