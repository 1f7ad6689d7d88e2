import { resolve } from 'node:path';
import { LogTarget, type TargetContext } from './log-target.ts';
import { ownDescriptor } from './open-log.ts';

/** Before the umask, as in Supervisor: only the owner may write a log, and only the owner may read an AUTO log. */
export const LOG_MODE = 0o644;
export const AUTO_LOG_MODE = 0o600;

/** How long a slow reader or a full disk may delay the closing of a log. */
export const DRAIN_LIMIT_MS = 3_000;

/**
 * The logs in use, one for each path. Several channels may share one: stdout and stderr of a program, several programs,
 * or the daemon itself. All of them write to the new file after a rotation. (In Supervisor each has the file open for
 * itself, and continues to write to the renamed one.)
 */
export class Targets {
  readonly #context: TargetContext;
  readonly #inUse = new Map<string, { readonly target: LogTarget; users: number }>();

  constructor(context: TargetContext) {
    this.#context = context;
  }

  /** The log at a path, not opened yet if it is new. The caller releases it with {@link release}. */
  acquire(path: string, mode = LOG_MODE): LogTarget {
    const key = keyOf(path);
    const known = this.#inUse.get(key);
    if (known !== undefined) {
      known.users += 1;
      return known.target;
    }
    const target = new LogTarget(path, mode, this.#context);
    this.#inUse.set(key, { target, users: 1 });
    return target;
  }

  /**
   * Closes a log without users, after what waits for a slow reader or a full disk was written, or DRAIN_LIMIT_MS have
   * passed.
   */
  release(target: LogTarget): void {
    const key = keyOf(target.path);
    const known = this.#inUse.get(key);
    if (known?.target !== target) return;
    known.users -= 1;
    const close = (): void => {
      if (known.users > 0) return; // it was acquired again meanwhile
      if (this.#inUse.get(key) === known) this.#inUse.delete(key);
      target.close();
    };
    if (target.waiting > 0) void target.settled(DRAIN_LIMIT_MS).then(close);
    else close();
  }

  get all(): readonly LogTarget[] {
    return [...this.#inUse.values()].map(({ target }) => target);
  }
}

function keyOf(path: string): string {
  const own = ownDescriptor(path);
  return own === undefined ? resolve(path) : `descriptor ${own}`;
}
