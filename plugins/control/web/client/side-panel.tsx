import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { usePage } from './page.ts';
import { visible } from './visible.ts';

interface SidePanelProps {
  readonly title: string;
  readonly buttons?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The panel beside the table, or over it on a narrow screen. Its heading takes the focus, Escape closes it. */
export function SidePanel({ title, buttons, children }: SidePanelProps) {
  const { dispatch } = usePage();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside class="side-panel" aria-label={visible(title)}>
      <div class="side-panel-head">
        <h2 tabIndex={-1} ref={heading}>
          {visible(title)}
        </h2>
        {buttons}
        <button
          type="button"
          class="symbol"
          title="Close (Esc)"
          aria-label="Close"
          onClick={() => dispatch({ kind: 'sidePanel', sidePanel: undefined })}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </aside>
  );
}
