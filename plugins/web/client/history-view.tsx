import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { HappeningsList } from './happenings-list.tsx';
import { entriesOf, momentOf, type Entry } from './journal.ts';
import type { Happening } from './happening.ts';
import { usePage } from './page.ts';
import { useStill } from './still.ts';
import { momentText, shortMomentText } from './words.ts';

/** Of records; what is older is for `tsvctl why`. */
const MOST_RECORDS = 200;

/** What happened to one process: what the journal has kept, or else the last events about it. */
export function HistoryView({
  name,
  happenings,
}: {
  readonly name: string;
  readonly happenings: readonly Happening[];
}) {
  const own = useMemo(() => happenings.filter(({ process }) => process === name), [name, happenings]);
  const known = useJournal(name, momentOf(own));
  const root = useRef<HTMLOListElement>(null);
  const entries = useStill(root, known);
  if (known === undefined || entries === undefined) return <HappeningsList happenings={own} isOne />;
  if (entries.length === 0) return <p class="note">The journal has nothing about it yet.</p>;
  return (
    <ol class="happenings" ref={root} tabIndex={0} aria-label={`What happened to ${name}, the newest first`}>
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

/** `undefined` where no journal is kept, or none has been read yet. */
function useJournal(name: string, moment: number): readonly Entry[] | undefined {
  const { api } = usePage();
  const [entries, setEntries] = useState<readonly Entry[] | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    const read = async (): Promise<void> => {
      const answer = await api.call('tsv.getJournal', { name, limit: MOST_RECORDS });
      if (!isOver) setEntries(entriesOf(answer));
    };
    // Without the plugin `journal` there is no such method.
    read().catch(() => !isOver && setEntries(undefined));
    return () => void (isOver = true);
  }, [name, moment]);
  return entries;
}
