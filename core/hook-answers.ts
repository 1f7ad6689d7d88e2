import { SIGNAL_NUMBERS } from './signals.ts';

/**
 * Checks of the values that taps return. A wrong value is reported at the tap that returned it. Undetected, it would
 * show up later, as a child that cannot be stopped or as a fault of another plugin.
 */
export const isBoolean = (answer: unknown): boolean => typeof answer === 'boolean';

export function isVerdict(answer: unknown): boolean {
  if (!isRecord(answer)) return false;
  return answer['kind'] === 'leave' || (answer['kind'] === 'restart' && isDelay(answer['delayMs']));
}

export function isStopPlan(answer: unknown): boolean {
  if (!isRecord(answer)) return false;
  const { signal, asGroup, waitMs } = answer;
  return typeof signal === 'string' && SIGNAL_NUMBERS.has(signal) && isBoolean(asGroup) && isDelay(waitMs);
}

export function isSpawnPlan(answer: unknown): boolean {
  if (!isRecord(answer)) return false;
  const { file, argv, env, stdio, defer } = answer;
  return (
    typeof file === 'string' &&
    Array.isArray(argv) &&
    argv.every((word) => typeof word === 'string') &&
    isRecord(env) &&
    Object.values(env).every((value) => typeof value === 'string') &&
    Array.isArray(stdio) &&
    stdio.length === 3 &&
    typeof defer === 'function'
  );
}

export function isConfig(answer: unknown): boolean {
  return isRecord(answer) && Array.isArray(answer['groups']) && isRecord(answer['sections']);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isDelay(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}
