import { afterEach } from 'vitest';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Does something after the test that runs, the last one first. */
export function later(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}
