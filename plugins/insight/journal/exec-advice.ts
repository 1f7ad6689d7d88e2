import type { FailureKind } from '../../../core/index.ts';

/** Advice for a program that could not be executed; `undefined` for an unknown kind of failure. */
export function adviceOnFailure(kind: string | undefined, name: string): string | undefined {
  if (kind === undefined || !isKnown(kind)) return undefined;
  const advice = ADVICE[kind];
  const first = kind === 'command' || kind === 'tooLong' ? 'tsvctl update; ' : '';
  return advice && `${advice.replaceAll('NAME', name)} Then: ${first}tsvctl start ${name}`;
}

function isKnown(kind: string): kind is FailureKind {
  return Object.hasOwn(ADVICE, kind);
}

const ADVICE: Readonly<Record<FailureKind, string | undefined>> = {
  command: 'Correct command= or environment= of NAME: tsvd --check shows the line.',
  directory:
    'Make the directory, or correct directory= of NAME; its user needs the permission x on it and on each folder above it.',
  missing:
    'Install the program, or correct command= of NAME. A name without a slash is searched in the PATH of NAME (environment=), not in that of your shell.',
  notFile: 'Name the program itself in command= of NAME, not its folder.',
  permission:
    'Give its user the permission to execute the file (chmod +x) and x on each folder above it; on a mount with noexec nothing can be executed (findmnt -T FILE).',
  interpreter:
    'Install the interpreter, correct the first line of the script, or name the interpreter in command= of NAME.',
  lineEnds:
    "Save the script with Unix line ends: dos2unix FILE, or sed -i 's/\\r$//' FILE. With git: text eol=lf in .gitattributes.",
  loader:
    'The program was built for another system (musl and glibc, or another architecture): install the build for this one.',
  format:
    'Begin the script with a line such as #!/bin/sh, or name its interpreter in command= of NAME. A binary has to be built for this architecture (file FILE).',
  busy: 'Wait until the copy is complete. Deployments: write the new program under another name, then rename it.',
  tooLong:
    'Shorten command= or environment= of NAME: a single argument or variable takes at most 128 KiB, all of them a quarter of ulimit -s. Large values belong in a file.',
  identity:
    'See that the user exists, and that tsvd runs as root with GNU coreutils installed and the capabilities SETUID, SETGID and SYS_CHROOT (docs/security.md).',
  processes:
    'Raise the limit of processes: ulimit -u or minprocs=, TasksMax= in systemd, pids.max of the container; ps -eLf shows who has them.',
  memory: 'Give the machine or the container more memory, or allow it to overcommit (vm.overcommit_memory).',
  descriptors: 'Raise the limit of descriptors of tsvd: ulimit -n, minfds=, LimitNOFILE= in systemd.',
  other: undefined,
};
