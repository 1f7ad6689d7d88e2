import { SAMPLES } from './model.ts';

export const WIDTH = 60;
export const HEIGHT = 16;

export interface Scale {
  /** The bottom of the scale: `zero`, or the smallest value, to show changes. */
  readonly floor: 'zero' | 'least';
  /** The least height of the scale, so that noise does not look like a mountain. */
  readonly least: number;
}

/** The path of the curve. */
export function curveOf(values: readonly number[], { floor, least }: Scale): string {
  const bottom = floor === 'zero' ? 0 : Math.max(0, Math.min(...values) - least / 4);
  const height = Math.max(least, Math.max(...values) - bottom);
  const start = Number(startOf(values.length));
  const step = WIDTH / (SAMPLES - 1);
  const points = values.map((value, index) => {
    const y = HEIGHT - 1 - ((value - bottom) / height) * (HEIGHT - 2);
    return `${(start + index * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}

/** Where a curve begins: it ends at the right, however short it is. */
export function startOf(count: number): string {
  return (WIDTH - ((count - 1) * WIDTH) / (SAMPLES - 1)).toFixed(1);
}
