import { useEffect } from 'preact/hooks';
import { Icon } from './icon.tsx';
import type { Notice } from './model.ts';
import { usePage } from './page.ts';

/** How long good news stays. Bad news stays until somebody has read it. */
const GOOD_NEWS_MS = 5_000;

/** What came of actions. They are read aloud, without taking the focus. */
export function Notices({ notices }: { readonly notices: readonly Notice[] }) {
  return (
    <div class="notices" role="status" aria-live="polite" aria-atomic="false">
      {notices.map((notice) => (
        <Line key={notice.number} notice={notice} />
      ))}
    </div>
  );
}

function Line({ notice: { number, isBad, text } }: { readonly notice: Notice }) {
  const { clock, dispatch } = usePage();
  useEffect(() => {
    if (isBad) return undefined;
    const timer = clock.setTimer(GOOD_NEWS_MS, () => dispatch({ kind: 'dismiss', number }));
    return () => timer.cancel();
  }, []);
  return (
    <p class={isBad ? 'notice bad' : 'notice'}>
      <span>{text}</span>
      <button type="button" class="symbol" aria-label="Dismiss" onClick={() => dispatch({ kind: 'dismiss', number })}>
        <Icon name="close" />
      </button>
    </p>
  );
}
