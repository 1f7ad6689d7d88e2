import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Section } from './arrange.ts';
import { useRowsInView } from './rows-in-view.ts';
import { BulkMenu } from './bulk-menu.tsx';
import type { Column, Model, Sort } from './model.ts';
import { usePage } from './page.ts';
import { Row } from './row.tsx';
import { visible } from './visible.ts';
import { durationText } from './format.ts';

interface ColumnProps {
  /** What it sorts by. */
  readonly column: Column | undefined;
  readonly label: string;
  readonly className: string;
}

const COLUMNS: readonly ColumnProps[] = [
  { column: 'name', label: 'Process', className: 'name' },
  { column: 'state', label: 'State', className: 'state' },
  { column: undefined, label: 'Why', className: 'about' },
  { column: 'uptime', label: 'Uptime', className: 'number uptime' },
  { column: 'restarts', label: 'Restarts', className: 'number restarts' },
  { column: 'cpu', label: 'CPU', className: 'usage cpu' },
  { column: 'memory', label: 'Memory', className: 'usage memory' },
];

interface TableProps {
  readonly model: Model;
  readonly sections: readonly Section[];
  readonly now: number;
}

/** Every process, or those that the filter leaves. */
export function Table({ model, sections, now }: TableProps) {
  const { processes, sort } = model;
  const order = sections.flatMap((section) => section.processes.map(({ namespec }) => namespec)).join('\n');
  const root = useKeptFocus(model.current, order);
  const inSight = useRowsInView(root, order);
  const mayAct = model.about.role === 'admin';
  return (
    <table role="table" aria-label="Processes" aria-rowcount={processes.size + 1} ref={root}>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map(({ column, label, className }) => (
            <Heading key={label} column={column} label={label} className={className} sort={sort} />
          ))}
          {mayAct && (
            <th role="columnheader" scope="col" class="actions">
              <span class="heard">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      {sections.map((section) => (
        <Rows
          key={section.group ?? section.processes[0]?.namespec}
          section={section}
          model={model}
          now={now}
          inSight={inSight}
        />
      ))}
    </table>
  );
}

function Heading({ column, label, className, sort }: ColumnProps & { readonly sort: Sort }) {
  const { dispatch } = usePage();
  const isSorted = column === sort.column;
  return (
    <th
      role="columnheader"
      scope="col"
      class={className}
      aria-sort={isSorted ? (sort.isReversed ? 'descending' : 'ascending') : 'none'}
    >
      {column === undefined ? (
        label
      ) : (
        <button type="button" onClick={() => dispatch({ kind: 'sort', column })}>
          {label}
          <span aria-hidden="true">{isSorted ? (sort.isReversed ? ' ▴' : ' ▾') : ''}</span>
        </button>
      )}
    </th>
  );
}

interface RowsProps {
  readonly section: Section;
  readonly model: Model;
  readonly now: number;
  readonly inSight: ReadonlySet<string>;
}

function Rows({ section, model, now, inSight }: RowsProps) {
  const { group, processes, running, total } = section;
  const mayAct = model.about.role === 'admin';
  const open = model.sidePanel?.kind === 'process' ? model.sidePanel.name : undefined;
  return (
    <tbody role="rowgroup" class={group === undefined ? 'single' : 'several'}>
      {group !== undefined && (
        <tr role="row" class="group">
          <th role="rowheader" scope="rowgroup" colSpan={COLUMNS.length}>
            {visible(group)}{' '}
            <span>
              {running} of {total} running
            </span>
          </th>
          {mayAct && (
            <td role="cell" class="actions">
              <BulkMenu group={group} isCut={model.connection.kind === 'lost'} />
            </td>
          )}
        </tr>
      )}
      {processes.map((process) => (
        <Row
          key={process.namespec}
          process={process}
          history={
            inSight.has(process.namespec) && process.upSince !== undefined
              ? model.histories.get(process.namespec)
              : undefined
          }
          uptime={process.upSince === undefined ? '' : durationText(now - process.upSince)}
          isMember={group !== undefined}
          isOpen={process.namespec === open}
          isCurrent={process.namespec === model.current}
          isPending={model.pending.has(process.namespec)}
          isCut={model.connection.kind === 'lost'}
          mayAct={mayAct}
        />
      ))}
    </tbody>
  );
}

/** A row that moves keeps the focus: browsers drop it when an element is moved. */
function useKeptFocus(current: string | undefined, order: string) {
  const root = useRef<HTMLTableElement>(null);
  const focused = useRef<Element | undefined>(undefined);
  useLayoutEffect(() => {
    const table = root.current;
    if (table === null) return undefined;
    const enter = (event: FocusEvent): void =>
      void (focused.current = event.target instanceof Element ? event.target : undefined);
    const leave = (event: FocusEvent): void => {
      // The focus moved to another element: the user left the row.
      if (event.relatedTarget !== null) focused.current = undefined;
    };
    const press = (): void => void (focused.current = undefined);
    table.addEventListener('focusin', enter);
    table.addEventListener('focusout', leave);
    document.addEventListener('pointerdown', press);
    return () => {
      table.removeEventListener('focusin', enter);
      table.removeEventListener('focusout', leave);
      document.removeEventListener('pointerdown', press);
    };
  }, []);
  useLayoutEffect(() => {
    const lost = focused.current;
    if (lost instanceof HTMLElement && lost.isConnected && document.activeElement === document.body) lost.focus();
  }, [current, order]);
  return root;
}
