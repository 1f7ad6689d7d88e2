import { resolve } from 'node:path';
import { LogTarget, type TargetContext } from './log-target.ts';
import { ownDescriptor } from './open-log.ts';

/** Files are readable for all and writable for nobody else, AUTO logs private, as Supervisor makes them; less the umask. */
export const LOG_MODE = 0o644;
export const AUTO_LOG_MODE = 0o600;

/** How long a reader has to take what was written before the log is closed. */
export const LAST_CHANCE_MS = 3_000;

/**
 * The logs in use, one for each path, however many write to it: stdout and stderr of a program, several programs, or the
 * daemon itself. So a rotation is seen by all of them. (Under Supervisor each has the file open for itself, and goes on
 * in the renamed one.)
 */
export class Targets {
  readonly #context: TargetContext;
  readonly #inUse = new Map<string, { readonly target: LogTarget; users: number }>();

  constructor(context: TargetContext) {
    this.#context = context;
  }

  /** The log at a path, not opened yet if it is new. Give it back with {@link release}. */
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

  /** Closes a log that nobody uses any more, once what waits for a slow reader or a full disk had its chance. */
  release(target: LogTarget): void {
    const key = keyOf(target.path);
    const known = this.#inUse.get(key);
    if (known?.target !== target) return;
    known.users -= 1;
    const close = (): void => {
      if (known.users > 0) return; // somebody has come back to it meanwhile
      if (this.#inUse.get(key) === known) this.#inUse.delete(key);
      target.close();
    };
    if (target.waiting > 0) void target.settled(LAST_CHANCE_MS).then(close);
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
