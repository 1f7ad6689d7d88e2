import { useEffect } from 'preact/hooks';
import { Icon } from './icon.tsx';
import type { Notice } from './model.ts';
import { usePage } from './page.ts';

/** How long the notice of a success stays. The notice of a failure stays until it is dismissed. */
const GOOD_NEWS_MS = 5_000;

/** The results of actions. Screen readers announce them; the focus does not move. */
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
