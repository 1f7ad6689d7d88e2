import { useRef } from 'preact/hooks';

interface TabsProps<Name extends string> {
  readonly says: string;
  readonly tabs: readonly { readonly name: Name; readonly label: string }[];
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
}

/** A row of tabs: one stop for Tab, arrows inside (ARIA practices: tabs). Their panel has the id `panel`. */
export function Tabs<Name extends string>({ says, tabs, chosen, choose }: TabsProps<Name>) {
  const root = useRef<HTMLDivElement>(null);
  const move = (step: number): void => {
    const at = tabs.findIndex(({ name }) => name === chosen);
    const next = (at + step + tabs.length) % tabs.length;
    const tab = tabs[next];
    if (tab === undefined) return;
    choose(tab.name);
    root.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={says} ref={root}>
      {tabs.map(({ name, label }) => (
        <button
          type="button"
          role="tab"
          key={name}
          aria-selected={name === chosen}
          aria-controls="panel"
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => choose(name)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight') move(1);
            else if (event.key === 'ArrowLeft') move(-1);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
