import { isOrderWaiting, shownSections } from './arrange.ts';
import type { Lost, Model } from './model.ts';
import { usePage } from './page.ts';
import { counted, durationText, timeText } from './format.ts';

/**
 * A permanent line at the bottom: how much is shown and, if the connection is lost, since when, why, and what happens
 * next. A banner above the table would move every row.
 */
export function Footer({ model, now }: { readonly model: Model; readonly now: number }) {
  const { connection, about } = model;
  if (connection.kind === 'lost') return <LostLine lost={connection} now={now} />;
  return (
    <footer class="foot">
      <span>{shownText(model)}</span>
      {isOrderWaiting(model) && (
        <span class="wide-only">Rows stay in place while you point at them; they are sorted when you leave.</span>
      )}
      <span class="wide-only version">
        tsvisor {about.version}, process id {about.pid}
      </span>
    </footer>
  );
}

function LostLine({ lost: { why, seen, seenWall, retryAt }, now }: { readonly lost: Lost; readonly now: number }) {
  const { tryNow } = usePage();
  const wait = Math.ceil((retryAt - now) / 1000);
  return (
    <footer class="foot lost">
      {/* Only what does not change every second is read aloud. */}
      <span role="alert">
        <b>Connection lost:</b> {why}. Last seen {timeText(seenWall)}
      </span>
      <span class="age">
        {durationText(now - seen)} ago; {wait > 0 ? `trying again in ${wait} s` : 'trying again'}
      </span>
      <button type="button" onClick={tryNow}>
        Try now
      </button>
    </footer>
  );
}

function shownText(model: Model): string {
  const shown = shownSections(model).reduce((sum, { processes }) => sum + processes.length, 0);
  const all = counted(model.processes.size, 'process', 'processes');
  return shown === model.processes.size ? all : `${shown} of ${all} shown`;
}
