import type { JSX } from 'preact';
import type { State } from './api-schema.ts';

/** The icon of a state, next to its name. Each has its own shape, so that colour is not needed to distinguish them. */
export function StateMark({ state }: { readonly state: State }) {
  return (
    <svg class="mark" viewBox="0 0 12 12" aria-hidden="true">
      {SHAPES[state]()}
    </svg>
  );
}

const SHAPES: Readonly<Record<State, () => JSX.Element>> = {
  RUNNING: () => <circle cx="6" cy="6" r="4.5" />,
  STOPPED: () => <circle cx="6" cy="6" r="3.75" class="hollow" />,
  EXITED: () => <rect x="2" y="2" width="8" height="8" rx="1" class="hollow" />,
  STARTING: () => <path d="M3 1.5 10.5 6 3 10.5z" />,
  STOPPING: () => <rect x="2" y="2" width="8" height="8" rx="1" />,
  BACKOFF: () => <path d="M6 1 11.5 10.75H.5z" />,
  FATAL: () => <path d="M2.5 2.5l7 7m0-7l-7 7" class="cross" />,
  UNKNOWN: () => <path d="M6 .5 11.5 6 6 11.5.5 6z" />,
};
