import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Rows this near to what is seen are drawn as if they were seen. Where the table scrolls by itself, some browsers know no margin. */
const MARGIN = '600px 0px';

/**
 * The processes whose rows are in sight, or nearly. Drawing the curves of five hundred rows every two seconds takes a
 * fifth of a second; those of the rows that somebody sees take a tenth of that. `order`: another one for other rows.
 */
export function useRowsInView(table: RefObject<HTMLTableElement | null>, order: string): ReadonlySet<string> {
  const [inSight, setInSight] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const seen = new Set<string>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const name = target.getAttribute('data-process') ?? '';
          if (isIntersecting) seen.add(name);
          else seen.delete(name);
        }
        setInSight(new Set(seen));
      },
      { rootMargin: MARGIN, scrollMargin: MARGIN },
    );
    for (const row of table.current?.querySelectorAll('tr[data-process]') ?? []) observer.observe(row);
    return () => observer.disconnect();
  }, [order]);
  return inSight;
}
