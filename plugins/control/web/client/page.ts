import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Clock } from './clock.ts';
import type { Commands } from './commands.ts';
import type { Change } from './model.ts';
import type { Preferences } from './preferences.ts';

/** What every component of the page may use. The same for the whole life of the page. */
export interface Page {
  readonly api: Api;
  readonly clock: Clock;
  readonly commands: Commands;
  readonly preferences: Preferences;
  readonly dispatch: (change: Change) => void;
  /** Connects now, without waiting for the next attempt. */
  readonly tryNow: () => void;
}

const Context = createContext<Page | undefined>(undefined);

export const PageProvider = Context.Provider;

export function usePage(): Page {
  const page = useContext(Context);
  if (page === undefined) throw new Error('a part of the page stands outside of it');
  return page;
}
