import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface MenuProps {
  /** For those who hear the page. */
  readonly says: string;
  readonly label: ComponentChildren;
  /** Said above the choices: why there are none now. */
  readonly note?: string | undefined;
  readonly choices: readonly { readonly label: string; readonly run: () => void; readonly isOff?: boolean }[];
}

/** A button that opens a short list of others. Escape and whatever happens elsewhere close it. */
export function Menu({ says, label, note, choices }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const closeOutside = (event: Event): void => {
      if (!(event.target instanceof Node && root.current?.contains(event.target))) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
    };
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <button type="button" ref={button} aria-label={says} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {label}
      </button>
      {isOpen && (
        <div class="choices">
          {note !== undefined && <p>{note}</p>}
          {choices.map((choice) => (
            <button
              type="button"
              key={choice.label}
              disabled={choice.isOff}
              onClick={() => {
                close();
                choice.run();
              }}
            >
              {choice.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
