import type { Chapter } from './chapters.ts';
import { isOverdue } from './ending-words.ts';
import type { Ended } from './record.ts';
import { isOwnFault } from './words.ts';

/**
 * What to do about how it ended; `undefined` where nothing needs to be done. `name`: as `tsvctl` takes it; `isUp`: it has been
 * started again since, or is about to be.
 */
export function adviceOn({ ending }: Chapter, name: string, isUp: boolean): string | undefined {
  switch (ending?.kind) {
    case 'ended':
      return adviceOnEnd(ending, name, isUp);
    case 'notStarted':
      return `Correct the command, directory or user of ${name} in the configuration (tsvd --check tells more), then: tsvctl update; tsvctl start ${name}`;
    case 'lost':
      return `Look at the process with ps; as root, end it with kill -9 and its pid. Then: tsvctl start ${name}`;
    case 'vanished':
      return `See what became of the daemon: journalctl -k or dmesg (out of memory?), last -x (a reboot?).`;
    default:
      return undefined;
  }
}

function adviceOnEnd(ending: Ended, name: string, isUp: boolean): string | undefined {
  const { exit, asked, expected, tooQuickly, outOfMemory, decision, core, signals } = ending;
  const back = isUp ? '' : ` To have it back: tsvctl start ${name}`;
  if (isOverdue(ending)) {
    return `Have it heed its stop signal (stopsignal), or give it more time (stopwaitsecs).${back}`;
  }
  if (asked) return isUp ? undefined : `Nothing is wrong.${back}`;
  if (outOfMemory !== undefined) {
    return 'Give it more memory, or have it take less: raise the limit of its cgroup or container, or lower its heap, cache or number of workers.';
  }
  if ('signal' in exit) {
    if (!isOwnFault(exit.signal)) {
      if (signals.some(({ signal, why }) => signal === exit.signal && why === 'request')) {
        return `A client had ${exit.signal} sent, which ended it. What is to stop ${name} for good should say tsvctl stop ${name}, which is not undone by the restart policy.`;
      }
      return `Find out who sent ${exit.signal}: cron jobs, deployment scripts, dmesg. What is to stop ${name} should say tsvctl stop ${name}.`;
    }
    return core?.kind === 'file'
      ? `Give the core dump to whoever maintains the program: gdb PROGRAM ${core.path}`
      : 'To get a core dump next time, start the daemon with ulimit -c unlimited.';
  }
  if (exit.code === 126 || exit.code === 127) {
    return `See whether the command is installed and found in the PATH that ${name} has (environment=).`;
  }
  if (tooQuickly && exit.code === 0) {
    return `A program that puts itself into the background looks like this: have it stay in the foreground. If it is meant to be done quickly, set startsecs=0.`;
  }
  if (expected) {
    return decision.kind === 'leave'
      ? `Nothing is wrong. If it is meant to run for ever, set autorestart=true. To run it once more: tsvctl start ${name}`
      : undefined;
  }
  const read = `Read what it printed last; all of it: tsvctl tail ${name} and tsvctl tail ${name} stderr.`;
  return decision.kind === 'leave' ? `${read} When it is corrected: tsvctl start ${name}` : read;
}
