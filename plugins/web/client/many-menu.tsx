import { Icon } from './icon.tsx';
import { memo } from './memo.tsx';
import { Menu } from './menu.tsx';
import type { Target } from './model.ts';
import { usePage } from './page.ts';

/** What can be done to a group or to everything. Each of it asks, and says how many. */
export const ManyMenu = memo(({ group }: { readonly group: string | undefined }) => {
  const { commands, dispatch } = usePage();
  const target: Target = group === undefined ? { kind: 'all' } : { kind: 'group', group };
  const whom = group === undefined ? 'all' : 'group';
  return (
    <Menu
      says={group === undefined ? 'All processes' : `Group ${group}`}
      label={group === undefined ? 'All…' : <Icon name="more" />}
      choices={[
        { label: `Start ${whom}…`, run: () => commands.ask('start', target) },
        { label: `Restart ${whom}…`, run: () => commands.ask('restart', target) },
        { label: `Stop ${whom}…`, run: () => commands.ask('stop', target) },
        { label: `Signal ${whom}…`, run: () => dispatch({ kind: 'dialog', dialog: { kind: 'signal', target } }) },
      ]}
    />
  );
});
