import type { FailureKind } from './failure.ts';

/**
 * Thrown by a tap of `spawn` to refuse a start for a reason that is not a fault of the plugin: no descriptors, no such
 * user. The start fails with exactly this message, and the plugin is not reported.
 */
export class SpawnRefusal extends Error {
  readonly failure: FailureKind;

  constructor(failure: FailureKind, reason: string, options?: { readonly cause?: unknown }) {
    super(reason, options);
    this.name = 'SpawnRefusal';
    this.failure = failure;
  }
}
