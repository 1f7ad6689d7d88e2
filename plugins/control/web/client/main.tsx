import { render } from 'preact';
import { Api } from './api.ts';
import { App } from './app.tsx';
import { browserClock as clock } from './clock.ts';
import { Commands } from './commands.ts';
import { listenToKeys } from './controls.ts';
import { RowHold } from './hold-rows.ts';
import { Live } from './live.ts';
import { emptyModel } from './model.ts';
import { PageProvider, type Page } from './page.ts';
import { Preferences } from './preferences.ts';
import { addressOf, sidePanelAt } from './route.ts';
import { Store } from './store.ts';
import type { About } from './api-schema.ts';

/**
 * Replaces the static table if there is an API. Without one, and without JavaScript, the static table stays and its
 * buttons work.
 */
async function main(): Promise<void> {
  const preferences = new Preferences(document.documentElement);
  const api = new Api(document.baseURI);
  const about = await api.about();
  if (about !== undefined) live(api, about, preferences);
}

function live(api: Api, about: About, preferences: Preferences): void {
  const store = new Store(emptyModel(about), () => drawSoon());
  const commands = new Commands(api, store);
  const daemon = new Live(api, store, clock);
  const page: Page = { api, clock, commands, preferences, dispatch: store.dispatch, tryNow: () => daemon.tryNow() };
  const hold = new RowHold(store, clock, commands);

  let frame = 0;
  /** At most once per frame; never while the page is hidden. */
  const drawSoon = (): void => void (frame ||= requestAnimationFrame(draw));
  const draw = (): void => {
    frame = 0;
    const { model } = store;
    if (!model.isLoaded) return;
    takePlaceOf(document);
    render(
      <PageProvider value={page}>
        <App model={model} now={clock.now()} />
      </PageProvider>,
      document.body,
    );
    hold.drawn();
    showInTab(store);
    showInAddress(store);
  };
  tick(drawSoon);

  store.dispatch({ kind: 'sidePanel', sidePanel: sidePanelAt(location.hash) });
  addEventListener('popstate', () => store.dispatch({ kind: 'sidePanel', sidePanel: sidePanelAt(location.hash) }));
  listenToKeys(store, commands, preferences);
  hold.listen(document);
  followWhileSeen(daemon);
}

/** The table that came with the page goes when there is something to show instead. */
function takePlaceOf({ documentElement, body }: Document): void {
  if (!documentElement.classList.contains('plain')) return;
  documentElement.classList.remove('plain');
  body.replaceChildren();
}

/** Updates the uptimes every second. */
function tick(drawSoon: () => void): void {
  clock.setTimer(1000, () => {
    if (document.visibilityState === 'visible') drawSoon();
    tick(drawSoon);
  });
}

/**
 * A page in the background disconnects after this time, so that the daemon does not measure for it. It catches up when
 * it is visible again.
 */
const UNSEEN_MS = 60_000;

function followWhileSeen(daemon: Live): void {
  let unseen: { cancel(): void } | undefined;
  const look = (): void => {
    unseen?.cancel();
    if (document.visibilityState === 'visible') daemon.start();
    else unseen = clock.setTimer(UNSEEN_MS, () => daemon.stop());
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('online', look);
  look();
}

/** Shows trouble in the title and the icon of the tab, too. */
function showInTab({ model: { about, processes } }: Store): void {
  const troubled = [...processes.values()].filter(({ health }) => health !== 'sound').length;
  const title = troubled === 0 ? about.identifier : `${troubled} in trouble: ${about.identifier}`;
  if (document.title !== title) document.title = title;
  const icon = document.querySelector('link[rel="icon"]');
  const address = `images/${troubled === 0 ? 'sound' : 'trouble'}.svg`;
  if (icon?.getAttribute('href') !== address) icon?.setAttribute('href', address);
}

function showInAddress({ model: { sidePanel } }: Store): void {
  const address = addressOf(sidePanel);
  if (location.hash === address) return;
  history.pushState(null, '', address === '' ? location.pathname + location.search : address);
}

await main();
