import type { State } from '../../../core/index.ts';
import { html, type Html } from './html.ts';

/** The icon of a state, next to its name. Each has its own shape, so that colour is not needed to distinguish them. */
export function stateIcon(state: State): Html {
  return html`<svg class="mark" viewBox="0 0 12 12" aria-hidden="true">${SHAPES[state]}</svg>`;
}

const SHAPES: Readonly<Record<State, Html>> = {
  RUNNING: html`<circle cx="6" cy="6" r="4.5" />`,
  STOPPED: html`<circle cx="6" cy="6" r="3.75" fill="none" stroke="currentColor" stroke-width="1.5" />`,
  EXITED: html`<rect x="2" y="2" width="8" height="8" rx="1" fill="none" stroke="currentColor" stroke-width="1.5" />`,
  STARTING: html`<path d="M3 1.5 10.5 6 3 10.5z" />`,
  STOPPING: html`<rect x="2" y="2" width="8" height="8" rx="1" />`,
  BACKOFF: html`<path d="M6 1 11.5 10.75H.5z" />`,
  FATAL: html`<path
    d="M2.5 2.5l7 7m0-7l-7 7"
    fill="none"
    stroke="currentColor"
    stroke-width="2.5"
    stroke-linecap="round"
  />`,
  UNKNOWN: html`<path d="M6 .5 11.5 6 6 11.5.5 6z" />`,
};
