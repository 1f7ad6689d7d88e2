import { Icon } from './icon.tsx';
import { memo } from './memo.tsx';
import type { History, Process } from './model.ts';
import { usePage } from './page.ts';
import { Sparkline } from './sparkline.tsx';
import { StateMark } from './state-mark.tsx';
import { canStart, canStop } from './trouble.ts';
import { visible } from './visible.ts';
import { shareText, sizeText } from './words.ts';

export interface RowParts {
  readonly process: Process;
  readonly history: History | undefined;
  readonly uptime: string;
  /** Under the heading of its group, which need not be said again. */
  readonly isMember: boolean;
  /** Something stands beside the table: only what matters most. */
  readonly isShort: boolean;
  readonly isOpen: boolean;
  readonly isCurrent: boolean;
  readonly isPending: boolean;
  readonly mayAct: boolean;
}

/**
 * One process. Roles are spelled out because the style sheet lays rows out anew on a phone, and browsers forget then
 * what a row is.
 */
export const Row = memo((parts: RowParts) => {
  const { process, history, uptime, isShort, isOpen, isCurrent, isPending, mayAct } = parts;
  const { namespec, state, health, reason, restarts } = process;
  const { dispatch } = usePage();
  const open = (): void => dispatch({ kind: 'beside', beside: { kind: 'process', name: namespec, tab: 'log' } });
  return (
    <tr
      role="row"
      class={`${health}${isOpen ? ' open' : ''}${isCurrent ? ' current' : ''}`}
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
          onClick={open}
          onFocus={() => dispatch({ kind: 'current', name: namespec })}
          aria-expanded={isOpen}
        >
          <Name process={process} isMember={parts.isMember} />
        </button>
      </th>
      <td role="cell" class={`state ${state.toLowerCase()}`}>
        <StateMark state={state} />
        {state.toLowerCase()}
      </td>
      {!isShort && (
        <td role="cell" class="about" title={visible(reason)}>
          {visible(reason)}
        </td>
      )}
      <td role="cell" class="number uptime">
        {uptime}
      </td>
      {!isShort && (
        <>
          <td role="cell" class={`number restarts${restarts === 0 ? ' none' : ''}`}>
            {restarts}
          </td>
          <td role="cell" class="usage cpu">
            <Amount history={history} what="cpu" />
          </td>
          <td role="cell" class="usage memory">
            <Amount history={history} what="memory" />
          </td>
        </>
      )}
      {mayAct && (
        <td role="cell" class="actions">
          <RowButtons process={process} isPending={isPending} />
        </td>
      )}
    </tr>
  );
});

function Name({ process: { namespec, group, name }, isMember }: Pick<RowParts, 'process' | 'isMember'>) {
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

/** Start and stop are one button, which stays where it is when it has been pressed: whoever is at it keeps the focus. */
export function RowButtons({ process, isPending }: Pick<RowParts, 'process' | 'isPending'>) {
  const { commands } = usePage();
  const { namespec } = process;
  const isUp = canStop(process) || process.state === 'STOPPING';
  const canToggle = !isPending && (canStop(process) || canStart(process));
  const canRestart = !isPending && canStop(process);
  return (
    <div class="buttons">
      <button
        type="button"
        class="symbol"
        title={isUp ? 'Stop' : 'Start'}
        aria-label={`${isUp ? 'Stop' : 'Start'} ${namespec}`}
        aria-disabled={!canToggle}
        onClick={() => canToggle && commands.startOrStop(namespec)}
      >
        <Icon name={isUp ? 'stop' : 'start'} />
      </button>
      <button
        type="button"
        class="symbol"
        title="Restart"
        aria-label={`Restart ${namespec}`}
        aria-disabled={!canRestart}
        onClick={() => canRestart && commands.ask('restart', { kind: 'one', name: namespec })}
      >
        <Icon name="restart" />
      </button>
    </div>
  );
}
