import { useMemo, useRef, useState } from 'preact/hooks';
import type { EventLine } from './event-line.ts';
import { usePage } from './page.ts';
import { StateMark } from './state-mark.tsx';
import { memo } from './memo.tsx';
import { useSteady } from './steady.ts';
import { visible } from './visible.ts';
import { counted, dayText, shortMomentText, timeText } from './format.ts';

interface ListProps {
  readonly eventLines: readonly EventLine[];
  /** Of one process: its name need not be said in each line. */
  readonly isOne?: boolean;
}

/** The latest events, newest first, by day. The list does not move while the pointer is over it. */
export const EventList = memo(({ eventLines, isOne = false }: ListProps) => {
  const [search, setSearch] = useState('');
  const [isBadOnly, setBadOnly] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const still = useSteady(root, eventLines);
  const shown = useMemo(
    () => still.filter((one) => (!isBadOnly || one.isBad) && matches(one, search)).toReversed(),
    [still, search, isBadOnly],
  );
  const more =
    eventLines.reduce((sum, { version }) => sum + version, 0) !== still.reduce((sum, { version }) => sum + version, 0);
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
      <div class="event-list" tabIndex={0} ref={root} role="region" aria-label="Events">
        {shown.length === 0 && (
          <p class="note">{eventLines.length === 0 ? 'Nothing has happened of late.' : 'No event matches.'}</p>
        )}
        {days(shown).map(({ day, lines }) => (
          <section key={day}>
            <h3>{day}</h3>
            <ol aria-label={`Events of ${day}, the newest first`}>
              {lines.map((eventLine) => (
                <Line key={eventLine.number} eventLine={eventLine} isOne={isOne} />
              ))}
            </ol>
          </section>
        ))}
      </div>
    </div>
  );
});

const Line = memo(({ eventLine, isOne }: { readonly eventLine: EventLine; readonly isOne: boolean }) => {
  const { dispatch } = usePage();
  const { at, since, count, process, state, text, isBad } = eventLine;
  return (
    <li>
      <time dateTime={new Date(at).toISOString()}>{timeText(at)}</time>
      <span class={`state ${state?.toLowerCase() ?? ''}`}>{state !== undefined && <StateMark state={state} />}</span>
      <span class={isBad ? 'what unsteady' : 'what'}>
        {process !== '' && !isOne && (
          <button
            type="button"
            class="name"
            onClick={() =>
              dispatch({ kind: 'sidePanel', sidePanel: { kind: 'process', name: process, tab: 'history' } })
            }
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
  readonly lines: EventLine[];
}

function days(eventLines: readonly EventLine[]): readonly Day[] {
  const found: Day[] = [];
  for (const eventLine of eventLines) {
    const day = dayText(eventLine.at);
    const last = found.at(-1);
    if (last?.day === day) last.lines.push(eventLine);
    else found.push({ day, lines: [eventLine] });
  }
  return found;
}

function matches({ process, text }: EventLine, search: string): boolean {
  const all = `${process} ${text}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
