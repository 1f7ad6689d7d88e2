import { curveOf, HEIGHT, startOf, WIDTH, type Scale } from './curve.ts';

/** A curve of the last minutes, newest at the right. Decorative: the number is next to it. */
export function Sparkline({ values, floor, least }: Scale & { readonly values: readonly number[] }) {
  if (values.length < 2) return <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" />;
  const line = curveOf(values, { floor, least });
  return (
    <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="under" d={`${line}V${HEIGHT}H${startOf(values.length)}Z`} />
      <path class="line" d={line} />
    </svg>
  );
}
