import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Channel } from './api.ts';
import { SidePanel } from './side-panel.tsx';
import { ConfigurationView } from './configuration-view.tsx';
import { HistoryView } from './history-view.tsx';
import { LogView } from './log-view.tsx';
import { Menu } from './menu.tsx';
import { Icon } from './icon.tsx';
import type { EventLine } from './event-line.ts';
import type { History, Process, ProcessTab, Target } from './model.ts';
import { usePage } from './page.ts';
import { RowButtons, StateWord } from './row.tsx';
import { Sparkline } from './sparkline.tsx';
import { Tabs } from './tabs.tsx';
import { Why } from './why.tsx';
import { durationText, momentText, shareText, sizeText } from './format.ts';

interface PanelProps {
  readonly process: Process;
  readonly history: History | undefined;
  readonly eventLines: readonly EventLine[];
  readonly tab: ProcessTab;
  readonly now: number;
  readonly isPending: boolean;
  readonly isCut: boolean;
}

const TABS = [
  { name: 'log', label: 'Log' },
  { name: 'history', label: 'History' },
  { name: 'settings', label: 'Settings' },
] as const;

/** Everything about one process. */
export function ProcessPanel({ process, history, eventLines, tab, now, isPending, isCut }: PanelProps) {
  const { dispatch, commands } = usePage();
  const name = process.namespec;
  return (
    <SidePanel
      title={name}
      buttons={
        commands.mayAct && (
          <>
            <RowButtons process={process} isPending={isPending} isCut={isCut} />
            <MoreMenu name={name} isCut={isCut} />
          </>
        )
      }
    >
      <div class={`about ${process.health}`} tabIndex={0} role="region" aria-label={`State of ${name}`}>
        <StateWord process={process} /> <Why process={process} />
      </div>
      <Facts process={process} history={history} now={now} />
      <Tabs
        says={`About ${name}`}
        tabs={TABS}
        chosen={tab}
        choose={(next) => dispatch({ kind: 'sidePanel', sidePanel: { kind: 'process', name, tab: next } })}
      />
      <div class="panel" role="tabpanel" id="panel" aria-label={TABS.find((one) => one.name === tab)?.label}>
        {tab === 'log' && <ProcessLog process={process} />}
        {tab === 'history' && <HistoryView name={name} eventLines={eventLines} />}
        {tab === 'settings' && <ConfigurationView name={name} />}
      </div>
    </SidePanel>
  );
}

function MoreMenu({ name, isCut }: { readonly name: string; readonly isCut: boolean }) {
  const { commands, dispatch } = usePage();
  const target: Target = { kind: 'one', name };
  return (
    <Menu
      says={`More for ${name}`}
      label={<Icon name="more" />}
      note={isCut ? 'Not connected to the daemon' : undefined}
      choices={[
        {
          label: 'Send a signal…',
          isOff: isCut,
          run: () => dispatch({ kind: 'dialog', dialog: { kind: 'signal', target } }),
        },
        { label: 'Clear its logs', isOff: isCut, run: () => void commands.run('clear-logs', target) },
      ]}
    />
  );
}

/** Each fact keeps its place when it is absent, so that nothing below moves when a process exits. */
function Facts({ process, history, now }: Pick<PanelProps, 'process' | 'history' | 'now'>) {
  const { pid, upSince, startedAt, stoppedAt, exit, restarts } = process;
  const cpu = history?.cpu.at(-1);
  const memory = history?.memory.at(-1);
  return (
    <dl class="facts">
      <Fact label="Process id">{pid ?? NOTHING}</Fact>
      <Fact label="Up for" says={startedAt}>
        {upSince === undefined ? NOTHING : durationText(now - upSince)}
      </Fact>
      <Fact label="Restarts">{restarts}</Fact>
      <Fact label="CPU">
        {cpu === undefined ? NOTHING : shareText(cpu)}{' '}
        <Sparkline values={history?.cpu ?? []} floor="zero" least={0.1} />
      </Fact>
      <Fact label="Memory">
        {memory === undefined ? NOTHING : sizeText(memory)}{' '}
        <Sparkline values={history?.memory ?? []} floor="least" least={8 * 2 ** 20} />
      </Fact>
      <Fact label="Last exit" says={stoppedAt}>
        {exit === null ? NOTHING : exitText(exit)}
      </Fact>
    </dl>
  );
}

const NOTHING = '–';

function exitText(exit: NonNullable<Process['exit']>): string {
  if (exit.kind === 'code') return `status ${exit.code}`;
  return exit.kind === 'signal' ? exit.signal : 'unknown';
}

interface FactProps {
  readonly label: string;
  /** When it was; ISO 8601. */
  readonly says?: string | null;
  readonly children: ComponentChildren;
}

function Fact({ label, says, children }: FactProps) {
  return (
    <div title={says === undefined || says === null ? undefined : momentText(Date.parse(says))}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** For a process that is down, opens on the stream with its last line. */
function ProcessLog({ process }: { readonly process: Process }) {
  const { namespec: name, lastLine, pid, health } = process;
  const isAboutEnd = pid === null || health !== 'sound';
  const [channel, setChannel] = useState<Channel>(isAboutEnd ? (lastLine?.channel ?? 'stdout') : 'stdout');
  return (
    <>
      <div class="channels" role="group" aria-label="Stream">
        {(['stdout', 'stderr'] as const).map((one) => (
          <button type="button" key={one} aria-pressed={channel === one} onClick={() => setChannel(one)}>
            {one}
          </button>
        ))}
      </div>
      <LogView key={`${name} ${channel}`} source={{ kind: 'process', name, channel }} says={`${channel} of ${name}`} />
    </>
  );
}
