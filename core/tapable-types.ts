import type { SyncHook } from 'tapable';

/** The base of every hook. tapable exports neither this class nor the type of a registered tap. */
export interface Hook {
  readonly name: string | undefined;
  intercept(interceptor: { register: (tap: FullTap) => FullTap }): void;
}

export type FullTap = Parameters<NonNullable<Parameters<SyncHook<[]>['intercept']>[0]['register']>>[0];
