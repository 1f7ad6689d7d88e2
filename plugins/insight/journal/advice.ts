import type { Run } from './runs.ts';
import { isOverdue } from './describe-ending.ts';
import { adviceOnFailure } from './exec-advice.ts';
import type { Ended } from './record.ts';
import { isOwnFault } from './format.ts';

/**
 * Advice for how a run ended; `undefined` if nothing needs to be done. `name`: as `tsvctl` takes it. `isUp`: it has
 * been started again, or is about to be.
 */
export function adviceOn({ ending }: Run, name: string, isUp: boolean): string | undefined {
  switch (ending?.kind) {
    case 'ended':
      return adviceOnEnd(ending, name, isUp);
    case 'notStarted':
      return (
        adviceOnFailure(ending.failure, name) ??
        `${adviceOnStart(ending.reason)} Then: tsvctl update; tsvctl start ${name}`
      );
    case 'lost':
      return `Look at the process with ps; as root, end it with kill -9 and its pid. Then: tsvctl start ${name}`;
    case 'vanished':
      return `See what became of the daemon: journalctl -k or dmesg (out of memory?), last -x (a reboot?).`;
    default:
      return undefined;
  }
}

/** Advice by words of the reason, if the journal has no kind of failure: from a plugin, or from an older daemon. */
const START_ADVICE: readonly (readonly [RegExp, string])[] = [
  [/chdir/, 'Make the folder in directory, or let the user of the program enter it.'],
  [/setuid|drop privilege/, 'Only root starts programs as another user: start the daemon as root, or leave user out.'],
  [
    /can't find command/,
    'Install it, or correct its path in command; a name without a path is looked for in the PATH of environment.',
  ],
  [
    /interpreter|carriage return|CRLF|#!|exec.*ENOENT/,
    'See that the file is there, and that its first line names an interpreter of this machine (#!/bin/sh) and does not end in a carriage return (dos2unix).',
  ],
  [/is a directory/, 'Name the program in command, not its folder.'],
  [
    /ENOEXEC|format/i,
    'Give the script a first line such as #!/bin/sh, or use a program that is built for this machine.',
  ],
  [
    /not executable|permission|EACCES|EPERM/i,
    'Let its user execute the file (chmod +x) and enter each folder above it; a file system mounted noexec forbids it, too.',
  ],
  [/can't parse command|quot/i, 'Close the quotes in command.'],
  [/command is empty|no words/i, 'Give it a command.'],
  [/E2BIG/, 'Shorten its arguments or its environment.'],
  [/EMFILE|ENFILE|open files/i, 'Raise minfds in [supervisord], or the limit of what starts the daemon (LimitNOFILE).'],
  [/EAGAIN|ENOMEM/, 'Free memory, or raise the limit of processes (ulimit -u, TasksMax, pids.max).'],
  [/logfile|ENOSPC/, 'Let its log go where it can be written (stdout_logfile, stderr_logfile), and free space.'],
];

/** Why the child could not execute its program. The child reports it itself, on stderr, before it exits. */
function failedExec({ output }: Ended): string | undefined {
  const lines = output.flatMap((stream) => stream.lines);
  return lines.map((line) => /^supervisor: (couldn't .*)/.exec(line)?.[1]).find((reason) => reason !== undefined);
}

function adviceOnStart(reason: string): string {
  const words = reason.replaceAll(/(?<!\w)'[^']*'|\/\S+(?=[\s:])/g, "''"); // file names do not matter for the cause
  const found = START_ADVICE.find(([pattern]) => pattern.test(words));
  return found?.[1] ?? 'tsvd --check --host -c FILE looks at the commands, folders, users and limits of this machine.';
}

function adviceOnEnd(ending: Ended, name: string, isUp: boolean): string | undefined {
  const { exit, asked, expected, tooQuickly, outOfMemory, decision, core, signals } = ending;
  const back = isUp ? '' : ` To have it back: tsvctl start ${name}`;
  if (isOverdue(ending)) {
    return `Have it heed its stop signal (stopsignal), or give it more time (stopwaitsecs).${back}`;
  }
  if (asked) return isUp ? undefined : `Nothing is wrong.${back}`;
  const toRun = ending.failure && adviceOnFailure(ending.failure.kind, name);
  if (toRun !== undefined) return toRun;
  if (outOfMemory !== undefined) {
    return 'Give it more memory, or have it take less: raise the limit of its cgroup or container, or lower its heap, cache or number of workers.';
  }
  if ('signal' in exit) {
    if (!isOwnFault(exit.signal)) {
      if (signals.some(({ signal, why }) => signal === exit.signal && why === 'request')) {
        return `A client had ${exit.signal} sent, which ended it. Scripts that stop ${name} for good should use tsvctl stop ${name}, which is not undone by the restart policy.`;
      }
      return `Find out who sent ${exit.signal}: cron jobs, deployment scripts, dmesg. Scripts that stop ${name} should use tsvctl stop ${name}.`;
    }
    return core?.kind === 'file'
      ? `Give the core dump to whoever maintains the program: gdb PROGRAM ${core.path}`
      : 'To get a core dump next time, start the daemon with ulimit -c unlimited.';
  }
  if ('unknown' in exit) return isUp ? undefined : `Read what it printed last.${back}`;
  const failed = exit.code === 127 ? failedExec(ending) : undefined;
  if (failed !== undefined) return `${adviceOnStart(failed)}${back}`;
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
