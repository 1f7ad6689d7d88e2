export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** Preferences stored in this browser. A browser that stores nothing (private windows) starts with the defaults. */
export class Preferences {
  readonly #root: HTMLElement;

  /** `root`: of the document; the style sheet follows its attribute `data-theme`. */
  constructor(root: HTMLElement) {
    this.#root = root;
    this.#show(this.theme);
  }

  get theme(): Theme {
    const kept = recall('theme');
    return THEMES.find((theme) => theme === kept) ?? 'system';
  }

  /** Cycles through the system's setting, light and dark. */
  nextTheme(): Theme {
    const next = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? 'system';
    keep('theme', next);
    this.#show(next);
    return next;
  }

  /** Single letters as commands: those who speak to their computer want them off (WCAG 2.1.4). */
  get hasKeys(): boolean {
    return recall('keys') !== 'off';
  }

  set hasKeys(isOn: boolean) {
    keep('keys', isOn ? 'on' : 'off');
  }

  #show(theme: Theme): void {
    if (theme === 'system') delete this.#root.dataset['theme'];
    else this.#root.dataset['theme'] = theme;
  }
}

function recall(name: string): string | null {
  try {
    return localStorage.getItem(`tsvisor.${name}`);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`tsvisor.${name}`, value);
  } catch {
    // Then it holds until the page is closed.
  }
}
