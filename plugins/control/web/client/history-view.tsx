import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { EventList } from './event-list.tsx';
import { entriesOf, momentOf, type Entry } from './journal.ts';
import type { EventLine } from './event-line.ts';
import { usePage } from './page.ts';
import { useSteady } from './steady.ts';
import { momentText, shortMomentText } from './format.ts';

/** Of records; what is older is for `tsvctl why`. */
const MOST_RECORDS = 200;

/** The history of one process: its journal, or else the last events about it. */
export function HistoryView({
  name,
  eventLines,
}: {
  readonly name: string;
  readonly eventLines: readonly EventLine[];
}) {
  const own = useMemo(() => eventLines.filter(({ process }) => process === name), [name, eventLines]);
  const known = useJournal(name, momentOf(own));
  const root = useRef<HTMLOListElement>(null);
  const entries = useSteady(root, known);
  if (known === undefined || entries === undefined) return <EventList eventLines={own} isOne />;
  if (entries.length === 0) return <p class="note">The journal has nothing about it yet.</p>;
  return (
    <ol class="event-list" ref={root} tabIndex={0} aria-label={`What happened to ${name}, the newest first`}>
      {entries.map((entry, index) => (
        <Line key={`${entry.at} ${index}`} entry={entry} />
      ))}
    </ol>
  );
}

function Line({ entry: { at, text, isBad, output, count, since } }: { readonly entry: Entry }) {
  return (
    <li>
      <time dateTime={at}>{momentText(Date.parse(at))}</time>
      <div class={isBad ? 'what unsteady' : 'what'}>
        {text}
        {count > 1 && (
          <>
            {' '}
            <b>×{count}</b> <span class="muted">since {shortMomentText(Date.parse(since), Date.parse(at))}</span>
          </>
        )}
        {output.map(({ channel, text: lines }) => (
          <details key={channel}>
            <summary>last of {channel}</summary>
            <pre>{lines}</pre>
          </details>
        ))}
      </div>
    </li>
  );
}

/** `undefined` if no journal is kept, or none has been read yet. */
function useJournal(name: string, moment: number): readonly Entry[] | undefined {
  const { api } = usePage();
  const [entries, setEntries] = useState<readonly Entry[] | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    const read = async (): Promise<void> => {
      const answer = await api.journal(name, MOST_RECORDS);
      if (!isOver) setEntries(entriesOf(answer));
    };
    // Without the plugin `journal` there is none.
    read().catch(() => !isOver && setEntries(undefined));
    return () => void (isOver = true);
  }, [name, moment]);
  return entries;
}
