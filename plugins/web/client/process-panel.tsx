import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Channel } from './api.ts';
import { BesidePanel } from './beside.tsx';
import { ConfigurationView } from './configuration-view.tsx';
import { HistoryView } from './history-view.tsx';
import { LogView } from './log-view.tsx';
import { Menu } from './menu.tsx';
import { Icon } from './icon.tsx';
import type { Happening, History, Process, ProcessTab, Target } from './model.ts';
import { usePage } from './page.ts';
import { RowButtons } from './row.tsx';
import { Sparkline } from './sparkline.tsx';
import { StateMark } from './state-mark.tsx';
import { Tabs } from './tabs.tsx';
import { visible } from './visible.ts';
import { durationText, momentText, shareText, sizeText } from './words.ts';

interface PanelParts {
  readonly process: Process;
  readonly history: History | undefined;
  readonly happenings: readonly Happening[];
  readonly tab: ProcessTab;
  readonly now: number;
  readonly isPending: boolean;
}

const TABS = [
  { name: 'log', label: 'Log' },
  { name: 'history', label: 'History' },
  { name: 'settings', label: 'Settings' },
] as const;

/** Everything about one process. */
export function ProcessPanel({ process, history, happenings, tab, now, isPending }: PanelParts) {
  const { dispatch, commands } = usePage();
  const name = process.namespec;
  return (
    <BesidePanel
      title={name}
      buttons={
        commands.mayAct && (
          <>
            <RowButtons process={process} isPending={isPending} />
            <MoreMenu name={name} />
          </>
        )
      }
    >
      <p class={`about ${process.health}`}>
        <span class={`state ${process.state.toLowerCase()}`}>
          <StateMark state={process.state} />
          {process.state.toLowerCase()}
        </span>{' '}
        {visible(process.reason)}
      </p>
      <Facts process={process} history={history} now={now} />
      <Tabs
        says={`About ${name}`}
        tabs={TABS}
        chosen={tab}
        choose={(next) => dispatch({ kind: 'beside', beside: { kind: 'process', name, tab: next } })}
      />
      <div class="panel" role="tabpanel" id="panel" aria-label={TABS.find((one) => one.name === tab)?.label}>
        {tab === 'log' && <ProcessLog name={name} />}
        {tab === 'history' && <HistoryView name={name} happenings={happenings} />}
        {tab === 'settings' && <ConfigurationView process={process} />}
      </div>
    </BesidePanel>
  );
}

function MoreMenu({ name }: { readonly name: string }) {
  const { commands, dispatch } = usePage();
  const target: Target = { kind: 'one', name };
  return (
    <Menu
      says={`More for ${name}`}
      label={<Icon name="more" />}
      choices={[
        { label: 'Send a signal…', run: () => dispatch({ kind: 'dialog', dialog: { kind: 'signal', target } }) },
        { label: 'Clear its logs', run: () => void commands.run('clear-logs', target) },
      ]}
    />
  );
}

function Facts({ process, history, now }: Pick<PanelParts, 'process' | 'history' | 'now'>) {
  const { pid, upSince, startedAt, stoppedAt, exit, restarts } = process;
  const cpu = history?.cpu.at(-1);
  const memory = history?.memory.at(-1);
  return (
    <dl class="facts">
      {pid !== null && <Fact label="Process id">{pid}</Fact>}
      {upSince !== undefined && startedAt !== null && (
        <Fact label="Up for">
          <span title={momentText(Date.parse(startedAt))}>{durationText(now - upSince)}</span>
        </Fact>
      )}
      <Fact label="Restarts">{restarts}</Fact>
      {exit !== null && (
        <Fact label="Last exit">
          <span title={stoppedAt === null ? '' : momentText(Date.parse(stoppedAt))}>
            {exit.kind === 'code' ? `status ${exit.code}` : exit.signal}
          </span>
        </Fact>
      )}
      {cpu !== undefined && (
        <Fact label="CPU">
          {shareText(cpu)} <Sparkline values={history?.cpu ?? []} floor="zero" least={0.1} />
        </Fact>
      )}
      {memory !== undefined && (
        <Fact label="Memory">
          {sizeText(memory)} <Sparkline values={history?.memory ?? []} floor="least" least={8 * 2 ** 20} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ProcessLog({ name }: { readonly name: string }) {
  const [channel, setChannel] = useState<Channel>('stdout');
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
