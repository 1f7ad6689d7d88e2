import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { arrange, type Section } from './arrange.ts';
import { useInSight } from './in-sight.ts';
import { ManyMenu } from './many-menu.tsx';
import type { Column, Model, Sort } from './model.ts';
import { usePage } from './page.ts';
import { Row } from './row.tsx';
import { visible } from './visible.ts';
import { durationText } from './words.ts';

interface ColumnParts {
  /** What it sorts by. */
  readonly column: Column | undefined;
  readonly label: string;
  readonly looks: string;
  /** Left out while something stands beside the table. */
  readonly isExtra: boolean;
}

const COLUMNS: readonly ColumnParts[] = [
  { column: 'name', label: 'Process', looks: 'name', isExtra: false },
  { column: 'state', label: 'State', looks: 'state', isExtra: false },
  { column: undefined, label: 'Why', looks: 'about', isExtra: true },
  { column: 'uptime', label: 'Uptime', looks: 'number uptime', isExtra: false },
  { column: 'restarts', label: 'Restarts', looks: 'number restarts', isExtra: true },
  { column: 'cpu', label: 'CPU', looks: 'usage cpu', isExtra: true },
  { column: 'memory', label: 'Memory', looks: 'usage memory', isExtra: true },
];

/** Every process, or those that the filter leaves. */
export function Table({ model, now }: { readonly model: Model; readonly now: number }) {
  const { processes, histories, filter, only, sort } = model;
  // Only where the order follows what is measured does a measurement move rows.
  const measured = sort.column === 'cpu' || sort.column === 'memory' ? histories : undefined;
  const sections = useMemo(
    () => arrange({ processes, histories, filter, only, sort }),
    [processes, measured, filter, only, sort],
  );
  const root = useKeptFocus(model.current, sections);
  const inSight = useInSight(root, sections);
  const mayAct = model.about.role === 'admin';
  const columns = COLUMNS.filter(({ isExtra }) => model.beside === undefined || !isExtra);
  return (
    <table role="table" aria-label="Processes" aria-rowcount={processes.size + 1} ref={root}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ column, label, looks }) => (
            <Heading key={label} column={column} label={label} looks={looks} sort={sort} />
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
          width={columns.length}
          inSight={inSight}
        />
      ))}
    </table>
  );
}

function Heading({ column, label, looks, sort }: Omit<ColumnParts, 'isExtra'> & { readonly sort: Sort }) {
  const { dispatch } = usePage();
  const isSorted = column === sort.column;
  return (
    <th
      role="columnheader"
      scope="col"
      class={looks}
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

interface RowsParts {
  readonly section: Section;
  readonly model: Model;
  readonly now: number;
  /** In columns, without that of the buttons. */
  readonly width: number;
  readonly inSight: ReadonlySet<string>;
}

function Rows({ section, model, now, width, inSight }: RowsParts) {
  const { group, processes, running, total } = section;
  const mayAct = model.about.role === 'admin';
  const open = model.beside?.kind === 'process' ? model.beside.name : undefined;
  return (
    <tbody role="rowgroup" class={group === undefined ? 'single' : 'several'}>
      {group !== undefined && (
        <tr role="row" class="group">
          <th role="rowheader" scope="rowgroup" colSpan={width}>
            {visible(group)}{' '}
            <span>
              {running} of {total} running
            </span>
          </th>
          {mayAct && (
            <td role="cell" class="actions">
              <ManyMenu group={group} />
            </td>
          )}
        </tr>
      )}
      {processes.map((process) => (
        <Row
          key={process.namespec}
          process={process}
          history={inSight.has(process.namespec) ? model.histories.get(process.namespec) : undefined}
          uptime={process.upSince === undefined ? '' : durationText(now - process.upSince)}
          isMember={group !== undefined}
          isShort={model.beside !== undefined}
          isOpen={process.namespec === open}
          isCurrent={process.namespec === model.current}
          isPending={model.pending.has(process.namespec)}
          mayAct={mayAct}
        />
      ))}
    </tbody>
  );
}

/** A row that moves takes the focus along: browsers drop it when an element changes its place. */
function useKeptFocus(current: string | undefined, sections: readonly Section[]) {
  const root = useRef<HTMLTableElement>(null);
  const focused = useRef<Element | undefined>(undefined);
  useLayoutEffect(() => {
    const table = root.current;
    if (table === null) return undefined;
    const enter = (event: FocusEvent): void =>
      void (focused.current = event.target instanceof Element ? event.target : undefined);
    const leave = (event: FocusEvent): void => {
      // With somewhere to go to it is the user who left.
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
  }, [current, sections]);
  return root;
}
