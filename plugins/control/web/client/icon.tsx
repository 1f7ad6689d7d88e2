import type { JSX } from 'preact';

/** Icons on buttons. Drawn, because no font can be relied on; each button also has a label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]()}
    </svg>
  );
}

const SHAPES = {
  start: () => <path d="M4.5 2.8v10.4L13 8z" class="full" />,
  stop: () => <rect x="3.5" y="3.5" width="9" height="9" rx="1" class="full" />,
  restart: () => <path d="M12.8 8a4.8 4.8 0 1 1-1.5-3.5M12.9 1.8v3.2H9.7" />,
  more: () => <path d="M3 8h.01M8 8h.01M13 8h.01" class="dots" />,
  close: () => <path d="M3.5 3.5l9 9m0-9l-9 9" />,
  back: () => <path d="M9.5 3 4.5 8l5 5" />,
  system: () => <path d="M8 2.5a5.5 5.5 0 0 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11" class="half" />,
  light: () => (
    <path d="M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3" />
  ),
  dark: () => <path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />,
  help: () => <path d="M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.4-1 .8-1 1.6M8 12.6v.01" />,
  down: () => <path d="M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10" />,
} as const satisfies Readonly<Record<string, () => JSX.Element>>;

export type IconName = keyof typeof SHAPES;
