import { hooksOf } from '../../../core/index.ts';

/** What the next program of this process gets. */
export interface HandOver {
  /** Gives it a descriptor, which it finds by this name (`StateService.takeOver`). */
  keep(name: string, fd: number): void;
}

/** Hooks around the end of one daemon and the beginning of the next: `PersistPlugin.getHooks(supervisor).handOver.tap(…)`. */
export const getPersistHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * This process is about to become another version of the daemon: finish what is under way, and hand over what the
     * next version continues with. Programs are not touched. Throws: reported, the other taps still run. Deadline: 10 s, then the same.
     */
    handOver: hook.asyncSeries<[HandOver]>('handOver', ['to'], { onFault: 'pass', deadlineMs: 10_000 }),
  }),
);
