import { useEffect, useRef } from 'preact/hooks';
import { canStart, canStop } from '../../allowed-actions.ts';
import { Icon } from './icon.tsx';
import { memo } from './memo.tsx';
import type { History, Process } from './model.ts';
import { usePage } from './page.ts';
import { Sparkline } from './sparkline.tsx';
import { StateMark } from './state-mark.tsx';
import { visible } from './visible.ts';
import { Why } from './why.tsx';
import { shareText, sizeText } from './format.ts';

export interface RowProps {
  readonly process: Process;
  readonly history: History | undefined;
  readonly uptime: string;
  /** It stands under the heading of its group, so the group name is left out. */
  readonly isMember: boolean;
  readonly isOpen: boolean;
  readonly isCurrent: boolean;
  readonly isPending: boolean;
  /** The connection is lost. */
  readonly isCut: boolean;
  readonly mayAct: boolean;
}

/**
 * One process. ARIA roles are explicit, because the style sheet changes the layout of rows on a phone, and browsers
 * then drop the implicit roles.
 */
export const Row = memo((props: RowProps) => {
  const { process, history, uptime, isOpen, isCurrent, isPending, isCut, mayAct } = props;
  const { namespec, health, restarts } = process;
  const { dispatch } = usePage();
  const open = (): void => dispatch({ kind: 'sidePanel', sidePanel: { kind: 'process', name: namespec, tab: 'log' } });
  return (
    <tr
      role="row"
      class={`${health}${process.upSince === undefined ? ' down' : ''}${isOpen ? ' open' : ''}${isCurrent ? ' current' : ''}`}
      data-process={namespec}
      aria-busy={isPending}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('button') === null) open();
      }}
    >
      <th role="rowheader" scope="row">
        <button
          type="button"
          class="name"
          title={visible(namespec)}
          onClick={open}
          onFocus={() => dispatch({ kind: 'current', name: namespec })}
          aria-expanded={isOpen}
        >
          <Name process={process} isMember={props.isMember} />
        </button>
      </th>
      <td role="cell" class="state">
        <StateWord process={process} />
      </td>
      <td role="cell" class="about">
        <Why process={process} />
      </td>
      <td role="cell" class="number uptime">
        {uptime}
      </td>
      <td role="cell" class={`number restarts${restarts === 0 ? ' none' : ''}`}>
        {restarts}
      </td>
      <td role="cell" class="usage cpu">
        <Amount history={history} what="cpu" />
      </td>
      <td role="cell" class="usage memory">
        <Amount history={history} what="memory" />
      </td>
      {mayAct && (
        <td role="cell" class="actions">
          <RowButtons process={process} isPending={isPending} isCut={isCut} />
        </td>
      )}
    </tr>
  );
});

/** The state, with its icon; a running process in trouble has a warning. */
export function StateWord({ process: { state, health, isGone } }: Pick<RowProps, 'process'>) {
  if (isGone === true) return <span class="state stopped">removed</span>;
  const isWarned = health === 'unsteady' && (state === 'RUNNING' || state === 'STARTING');
  return (
    <span class={`state ${isWarned ? 'backoff' : state.toLowerCase()}`}>
      <StateMark state={isWarned ? 'BACKOFF' : state} />
      {state.toLowerCase()}
    </span>
  );
}

function Name({ process: { namespec, group, name }, isMember }: Pick<RowProps, 'process' | 'isMember'>) {
  if (namespec === name) return <>{visible(name)}</>;
  return (
    <>
      <span class={isMember ? 'prefix heard' : 'prefix'}>{visible(group)}:</span>
      {visible(name)}
    </>
  );
}

const SCALES = {
  cpu: { floor: 'zero', least: 0.1, text: shareText },
  memory: { floor: 'least', least: 8 * 2 ** 20, text: sizeText },
} as const;

function Amount({ history, what }: { readonly history: History | undefined; readonly what: keyof History }) {
  const values = history?.[what] ?? [];
  const last = values.at(-1);
  if (last === undefined) return null;
  const { floor, least, text } = SCALES[what];
  return (
    <>
      <Sparkline values={values} floor={floor} least={least} />
      <span>{text(last)}</span>
    </>
  );
}

/** A press this soon after the button changed was meant for the previous action. */
const SETTLE_MS = 300;

/**
 * Start and stop are one button, which keeps its place and the focus. It does what it showed when the press began, even
 * if the process has changed before the release.
 */
export function RowButtons({ process, isPending, isCut }: Pick<RowProps, 'process' | 'isPending' | 'isCut'>) {
  const { clock, commands } = usePage();
  const { namespec, state, isGone } = process;
  const isUp = canStop(process) || state === 'STOPPING';
  const meant = useRef<'start' | 'stop' | undefined>(undefined);
  const flippedAt = useRef(-Infinity);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) flippedAt.current = clock.now();
    isFirst.current = false;
  }, [isUp]);
  const toggle = isUp ? 'stop' : 'start';
  const whyNot = whyNotText({ isPending, isCut, isGone, state });
  const canToggle = whyNot === undefined && (canStop(process) || canStart(process));
  const canRestart = whyNot === undefined && canStop(process);
  const says = (label: string): string => (whyNot === undefined ? label : `${label}: ${whyNot}`);
  const press = (isPointer: boolean): void => {
    const action = meant.current ?? toggle;
    meant.current = undefined;
    if (isPointer && clock.now() - flippedAt.current < SETTLE_MS) commands.ignored(`${namespec} changed its state`);
    else if (canToggle || action !== toggle) commands.ask(action, { kind: 'one', name: namespec });
  };
  return (
    <div class="buttons">
      <button
        type="button"
        class="symbol"
        title={says(isUp ? 'Stop' : 'Start')}
        aria-label={`${isUp ? 'Stop' : 'Start'} ${namespec}`}
        aria-disabled={!canToggle}
        onPointerDown={() => (meant.current = toggle)}
        onClick={(event) => press(event.detail > 0)}
      >
        <Icon name={isUp ? 'stop' : 'start'} />
      </button>
      <button
        type="button"
        class="symbol"
        title={says('Restart')}
        aria-label={`Restart ${namespec}`}
        aria-disabled={!canRestart}
        onClick={() => canRestart && commands.ask('restart', { kind: 'one', name: namespec })}
      >
        <Icon name="restart" />
      </button>
    </div>
  );
}

/** Why a button is disabled now. */
function whyNotText({
  isPending,
  isCut,
  isGone,
  state,
}: Pick<RowProps, 'isPending' | 'isCut'> & {
  readonly isGone: boolean | undefined;
  readonly state: Process['state'];
}): string | undefined {
  if (isCut) return 'not connected to the daemon';
  if (isGone === true) return 'it was removed';
  if (isPending) return 'waiting for the last action';
  return state === 'STOPPING' ? 'it is stopping' : state === 'UNKNOWN' ? 'it is out of control' : undefined;
}
