import { useMemo, useRef, useState } from 'preact/hooks';
import type { Happening } from './happening.ts';
import { usePage } from './page.ts';
import { StateMark } from './state-mark.tsx';
import { memo } from './memo.tsx';
import { useStill } from './still.ts';
import { visible } from './visible.ts';
import { counted, dayText, shortMomentText, timeText } from './words.ts';

interface ListParts {
  readonly happenings: readonly Happening[];
  /** Of one process: its name need not be said in each line. */
  readonly isOne?: boolean;
}

/** What happened of late, the newest first, by day. It stands still while somebody points at it. */
export const HappeningsList = memo(({ happenings, isOne = false }: ListParts) => {
  const [search, setSearch] = useState('');
  const [isBadOnly, setBadOnly] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const still = useStill(root, happenings);
  const shown = useMemo(
    () => still.filter((one) => (!isBadOnly || one.isBad) && matches(one, search)).toReversed(),
    [still, search, isBadOnly],
  );
  const more =
    happenings.reduce((sum, { version }) => sum + version, 0) !== still.reduce((sum, { version }) => sum + version, 0);
  return (
    <div class="log">
      <div class="log-tools">
        <input
          type="search"
          placeholder="Filter events"
          aria-label="Filter events by process or words"
          autocomplete="off"
          spellcheck={false}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <button type="button" aria-pressed={isBadOnly} onClick={() => setBadOnly(!isBadOnly)}>
          Only trouble
        </button>
        <span class="found">{more ? 'new events wait' : counted(shown.length, 'line')}</span>
      </div>
      <div class="happenings" tabIndex={0} ref={root} role="region" aria-label="Events">
        {shown.length === 0 && (
          <p class="note">{happenings.length === 0 ? 'Nothing has happened of late.' : 'No event matches.'}</p>
        )}
        {days(shown).map(({ day, lines }) => (
          <section key={day}>
            <h3>{day}</h3>
            <ol aria-label={`Events of ${day}, the newest first`}>
              {lines.map((happening) => (
                <Line key={happening.number} happening={happening} isOne={isOne} />
              ))}
            </ol>
          </section>
        ))}
      </div>
    </div>
  );
});

const Line = memo(({ happening, isOne }: { readonly happening: Happening; readonly isOne: boolean }) => {
  const { dispatch } = usePage();
  const { at, since, count, process, state, text, isBad } = happening;
  return (
    <li>
      <time dateTime={new Date(at).toISOString()}>{timeText(at)}</time>
      <span class={`state ${state?.toLowerCase() ?? ''}`}>{state !== undefined && <StateMark state={state} />}</span>
      <span class={isBad ? 'what unsteady' : 'what'}>
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
        {count > 1 && (
          <>
            {' '}
            <b>×{count}</b> <span class="muted">since {shortMomentText(since, at)}</span>
          </>
        )}
      </span>
    </li>
  );
});

interface Day {
  readonly day: string;
  readonly lines: Happening[];
}

function days(happenings: readonly Happening[]): readonly Day[] {
  const found: Day[] = [];
  for (const happening of happenings) {
    const day = dayText(happening.at);
    const last = found.at(-1);
    if (last?.day === day) last.lines.push(happening);
    else found.push({ day, lines: [happening] });
  }
  return found;
}

function matches({ process, text }: Happening, search: string): boolean {
  const all = `${process} ${text}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
