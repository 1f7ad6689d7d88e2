import { Icon } from './icon.tsx';
import { memo } from './memo.tsx';
import { Menu } from './menu.tsx';
import type { Target } from './model.ts';
import { usePage } from './page.ts';

interface MenuProps {
  /** `undefined`: all. */
  readonly group: string | undefined;
  /** The connection is lost. */
  readonly isCut: boolean;
}

/** The actions on a group or on everything. Each asks for confirmation and says how many processes it affects. */
export const BulkMenu = memo(({ group, isCut }: MenuProps) => {
  const { commands, dispatch } = usePage();
  const target: Target = group === undefined ? { kind: 'all' } : { kind: 'group', group };
  const whom = group === undefined ? 'all' : 'group';
  return (
    <Menu
      says={group === undefined ? 'All processes' : `Group ${group}`}
      label={group === undefined ? 'All…' : <Icon name="more" />}
      note={isCut ? 'Not connected to the daemon' : undefined}
      choices={[
        { label: `Start ${whom}…`, isOff: isCut, run: () => commands.ask('start', target) },
        { label: `Restart ${whom}…`, isOff: isCut, run: () => commands.ask('restart', target) },
        { label: `Stop ${whom}…`, isOff: isCut, run: () => commands.ask('stop', target) },
        {
          label: `Signal ${whom}…`,
          isOff: isCut,
          run: () => dispatch({ kind: 'dialog', dialog: { kind: 'signal', target } }),
        },
      ]}
    />
  );
});
