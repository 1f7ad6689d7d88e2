import type { Section } from './arrange.ts';

/** The command of a key. */
export type KeyCommand = 'filter' | 'next' | 'previous' | 'open' | 'startOrStop' | 'restart' | 'log' | 'help' | 'leave';

/** As the help shows them. `Enter` needs no command: it presses the button that has the focus. */
export const KEYS: readonly { readonly key: string; readonly says: string }[] = [
  { key: '/', says: 'Filter' },
  { key: 'j', says: 'Next process (also ↓)' },
  { key: 'k', says: 'Previous process (also ↑)' },
  { key: 'Enter', says: 'Open' },
  { key: 's', says: 'Start or stop' },
  { key: 'r', says: 'Restart' },
  { key: 'l', says: 'Log' },
  { key: 'Esc', says: 'Close, or clear the filter' },
  { key: '?', says: 'This help' },
];

const COMMANDS: ReadonlyMap<string, KeyCommand> = new Map([
  ['/', 'filter'],
  ['j', 'next'],
  ['ArrowDown', 'next'],
  ['k', 'previous'],
  ['ArrowUp', 'previous'],
  ['s', 'startOrStop'],
  ['r', 'restart'],
  ['l', 'log'],
  ['?', 'help'],
  ['Escape', 'leave'],
]);

export interface Press {
  readonly key: string;
  readonly hasModifier: boolean;
  /** Where text is typed, every letter is one; only Escape leads out. */
  readonly isTyping: boolean;
  /** Where arrows scroll or choose. */
  readonly takesArrows: boolean;
  /** A preference: whether single letters are commands. */
  readonly hasKeys: boolean;
}

export function commandOf({ key, hasModifier, isTyping, takesArrows, hasKeys }: Press): KeyCommand | undefined {
  if (hasModifier) return undefined;
  const command = COMMANDS.get(key);
  if (command === 'leave') return command;
  if (isTyping || (takesArrows && key.startsWith('Arrow'))) return undefined;
  return key.length === 1 && !hasKeys ? undefined : command;
}

/** The row before or after this one; the first where there is none yet, or it is not shown. */
export function neighbour(sections: readonly Section[], current: string | undefined, step: 1 | -1): string | undefined {
  const names = sections.flatMap(({ processes }) => processes.map(({ namespec }) => namespec));
  const at = current === undefined ? -1 : names.indexOf(current);
  if (at === -1) return names[0];
  return names[Math.min(names.length - 1, Math.max(0, at + step))];
}
