import { shownSections } from './arrange.ts';
import type { Commands } from './commands.ts';
import { commandOf, neighbour, type KeyCommand } from './keyboard.ts';
import type { Preferences } from './preferences.ts';
import type { Store } from './store.ts';
import { unreachable } from './unreachable.ts';

/** Elements for typing, and elements that use the arrow keys themselves. */
const TYPED_INTO = 'input, textarea, select';
const TAKES_ARROWS = '.lines, .names, .event-list, [role="tablist"]';

/** Runs the commands of keys. */
export function listenToKeys(store: Store, commands: Commands, preferences: Preferences): void {
  document.addEventListener('keydown', (event) => {
    // A dialog has its own keys.
    if (event.defaultPrevented || store.model.dialog !== undefined) return;
    const at = event.target instanceof Element ? event.target : document.body;
    const command = commandOf({
      key: event.key,
      hasModifier: event.ctrlKey || event.metaKey || event.altKey,
      isTyping: at.matches(TYPED_INTO),
      takesArrows: at.closest(TAKES_ARROWS) !== null,
      hasKeys: preferences.hasKeys,
    });
    if (command === undefined) return;
    if (command !== 'leave') event.preventDefault();
    carryOut(command, store, commands);
  });
}

function carryOut(command: KeyCommand, store: Store, commands: Commands): void {
  const { dispatch, model } = store;
  const { sidePanel, current } = model;
  // With the focus in the panel, its process is meant; else that of the current row.
  const name =
    sidePanel?.kind === 'process' && document.activeElement?.closest('.side-panel') ? sidePanel.name : current;
  switch (command) {
    case 'filter':
      return document.getElementById('filter')?.focus();
    case 'next':
      return move(store, 1);
    case 'previous':
      return move(store, -1);
    case 'startOrStop':
      return name === undefined ? undefined : commands.startOrStop(name);
    case 'restart':
      return name === undefined ? undefined : commands.ask('restart', { kind: 'one', name });
    case 'open':
    case 'log':
      return name === undefined
        ? undefined
        : dispatch({ kind: 'sidePanel', sidePanel: { kind: 'process', name, tab: 'log' } });
    case 'help':
      return dispatch({ kind: 'dialog', dialog: { kind: 'help' } });
    case 'leave':
      return leave(store);
    default:
      return unreachable(command);
  }
}

/** Moves to another row; the side panel follows. */
function move({ dispatch, model }: Store, step: 1 | -1): void {
  const name = neighbour(shownSections(model), model.current, step);
  if (name === undefined) return;
  dispatch({ kind: 'current', name });
  if (model.sidePanel?.kind === 'process') dispatch({ kind: 'sidePanel', sidePanel: { ...model.sidePanel, name } });
  focusRow(name);
}

/** Closes one thing at a time: first the panel, then the filter. */
function leave({ dispatch, model }: Store): void {
  const { sidePanel, current, filter, only } = model;
  if (sidePanel !== undefined) {
    dispatch({ kind: 'sidePanel', sidePanel: undefined });
    const name = sidePanel.kind === 'process' ? sidePanel.name : current;
    // Where the panel covered the table, the table can have the focus only when it is uncovered.
    requestAnimationFrame(() => name !== undefined && focusRow(name));
  } else if (filter !== '' || only !== undefined) dispatch({ kind: 'showAll' });
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function focusRow(name: string): void {
  const row = document.querySelector(`tr[data-process="${CSS.escape(name)}"] button.name`);
  if (row instanceof HTMLElement) row.focus();
}
