import { useEffect, useMemo, useState } from 'preact/hooks';
import { HappeningsList } from './happenings-list.tsx';
import { entriesOf, momentOf, type Entry } from './journal.ts';
import type { Happening } from './model.ts';
import { usePage } from './page.ts';
import { momentText } from './words.ts';

/** Of records; what is older is for `tsvctl why`. */
const MOST_RECORDS = 50;

/** What happened to one process: what the journal has kept, or else the last events about it. */
export function HistoryView({
  name,
  happenings,
}: {
  readonly name: string;
  readonly happenings: readonly Happening[];
}) {
  const own = useMemo(() => happenings.filter(({ process }) => process === name), [name, happenings]);
  const entries = useJournal(name, momentOf(own));
  if (entries === undefined) return <HappeningsList happenings={own} isOne />;
  if (entries.length === 0) return <p class="note">The journal has nothing about it yet.</p>;
  return (
    <ol class="happenings" tabIndex={0} aria-label={`What happened to ${name}, the newest first`}>
      {entries.map((entry, index) => (
        <Line key={`${entry.at} ${index}`} entry={entry} />
      ))}
    </ol>
  );
}

function Line({ entry: { at, text, isBad, output } }: { readonly entry: Entry }) {
  return (
    <li>
      <time dateTime={at}>{momentText(Date.parse(at))}</time>
      <div class={isBad ? 'what unsteady' : 'what'}>
        {text}
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
