import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './page.ts';

/** A pointer that has not moved for this long is not about to press anything. */
const REST_MS = 5_000;

/**
 * Holds a value while the pointer or the keyboard focus is in the element, so that the thing about to be pressed does
 * not move. Leaving it, or a pause, shows the new value.
 */
export function useSteady<Value>(root: RefObject<HTMLElement | null>, value: Value): Value {
  const { clock } = usePage();
  const [isHeld, setHeld] = useState(false);
  const kept = useRef(value);
  if (!isHeld) kept.current = value;
  useEffect(() => {
    const element = root.current;
    if (element === null) return undefined;
    let rest: { cancel(): void } | undefined;
    const release = (): void => {
      rest?.cancel();
      setHeld(false);
    };
    const hold = (): void => {
      rest?.cancel();
      rest = clock.setTimer(REST_MS, () => setHeld(false));
      setHeld(true);
    };
    for (const type of HOLDING) element.addEventListener(type, hold);
    for (const type of RELEASING) element.addEventListener(type, release);
    return () => {
      rest?.cancel();
      for (const type of HOLDING) element.removeEventListener(type, hold);
      for (const type of RELEASING) element.removeEventListener(type, release);
    };
  }, [root.current]);
  return kept.current;
}

const HOLDING = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;
const RELEASING = ['pointerleave', 'focusout'] as const;
