import type { Happening } from './model.ts';
import { usePage } from './page.ts';
import { StateMark } from './state-mark.tsx';
import { memo } from './memo.tsx';
import { visible } from './visible.ts';
import { timeText } from './words.ts';

interface ListParts {
  readonly happenings: readonly Happening[];
  /** Of one process: its name need not be said in each line. */
  readonly isOne?: boolean;
}

/** What happened of late, the newest first. */
export const HappeningsList = memo(({ happenings, isOne = false }: ListParts) => {
  if (happenings.length === 0) return <p class="note">Nothing has happened of late.</p>;
  return (
    <ol class="happenings" tabIndex={0} aria-label="Events, the newest first">
      {happenings.toReversed().map((happening) => (
        <Line key={happening.number} happening={happening} isOne={isOne} />
      ))}
    </ol>
  );
});

const Line = memo(({ happening, isOne }: { readonly happening: Happening; readonly isOne: boolean }) => {
  const { dispatch } = usePage();
  const { at, process, state, text } = happening;
  return (
    <li>
      <time>{timeText(at)}</time>
      <span class={`state ${state?.toLowerCase() ?? ''}`}>{state !== undefined && <StateMark state={state} />}</span>
      <span class="what">
        {process !== '' && !isOne && (
          <button
            type="button"
            class="name"
            onClick={() => dispatch({ kind: 'beside', beside: { kind: 'process', name: process, tab: 'history' } })}
          >
            {visible(process)}
          </button>
        )}{' '}
        {text}
      </span>
    </li>
  );
});
