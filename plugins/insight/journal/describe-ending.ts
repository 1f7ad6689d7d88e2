import { unreachable } from '../../../core/index.ts';
import type { Run, Ending } from './runs.ts';
import type { CoreDump, Decision, Ended, LastOutput } from './record.ts';
import { clockTime, count, duration, moment, SIGNAL_MEANINGS, size, whoAsked } from './format.ts';

/** How it ended, to follow the name: `exited with status 3 after 0.2 s`. */
export function howItEnded(ending: Ending): string {
  switch (ending.kind) {
    case 'ended':
      if (ending.failure !== undefined) return `could not be executed: ${ending.failure.text}`;
      return `${howItExited(ending)} after ${duration(ending.ranSeconds)}`;
    case 'notStarted':
      return `could not be started: ${ending.reason}`;
    case 'lost':
      return `is out of control: ${ending.reason}`;
    case 'vanished':
      return 'was running when the daemon itself disappeared without a word';
    default:
      return unreachable(ending);
  }
}

function howItExited(ending: Ended): string {
  const { exit, asked } = ending;
  if (isOverdue(ending)) return 'was killed because it did not stop in time,';
  if ('signal' in exit) return asked ? `was stopped (${exit.signal})` : `was killed by ${exit.signal}`;
  if ('unknown' in exit) return asked ? 'was stopped (exit status unknown)' : 'ended with an unknown status';
  return asked ? `was stopped (exit status ${exit.code})` : `exited with status ${exit.code}`;
}

/** It ignored the stop signal and was sent SIGKILL after `stopwaitsecs`. */
export function isOverdue({ exit, signals }: Ended): boolean {
  return 'signal' in exit && exit.signal === 'SIGKILL' && signals.some(({ why }) => why === 'overdue');
}

/** All that is known about the end of a run, one sentence per line. */
export function factsOf({ start, ending }: Run): string[] {
  const began =
    start === undefined ? [] : [`It was started at ${moment(start.at)} as pid ${start.pid} by ${whoAsked(start.by)}.`];
  if (ending === undefined) return began;
  switch (ending.kind) {
    case 'ended':
      return [...began, ...factsOfEnd(ending)];
    case 'notStarted':
      return [`The start was asked for by ${whoAsked(ending.by)}.`, decisionWords(ending.decision, false)];
    case 'vanished':
      return [
        ...began,
        'The daemon was killed (SIGKILL, out of memory) or the machine went down; how the program ended is not known.',
      ];
    case 'lost':
      return began;
    default:
      return unreachable(ending);
  }
}

function factsOfEnd(ending: Ended): string[] {
  const { asked, by, signals, tooQuickly, core, outOfMemory, used, usage, output, decision, failure } = ending;
  const facts: string[] = [];
  if (asked) facts.push(`It was stopped by ${whoAsked(by)}.`);
  else if (failure !== undefined)
    facts.push('Its process ended with status 127 in place of the program, as under Supervisor.');
  else facts.push(...exitFacts(ending));
  if (tooQuickly) facts.push('That was before it counted as started (startsecs), so the start has failed.');
  const sent = signals.filter(({ why }) => why !== 'request' || !asked);
  if (sent.length > 0) {
    const list = sent.map(({ at, signal, asGroup, why }) => {
      const reached = asGroup ? ' to its process group' : '';
      return `${signal}${reached} at ${clockTime(at)}${SENT_WHY[why]}`;
    });
    facts.push(`It was sent ${list.join(', then ')}.`);
  }
  if (outOfMemory !== undefined) {
    const { kills, since, counter } = outOfMemory;
    facts.push(
      `The kernel ran out of memory: it counts ${count(kills, 'kill')} for that since ${clockTime(since)} (${counter}), so this was most likely one.`,
    );
  }
  if (core !== undefined) facts.push(coreWords(core, ending.pid));
  if (used !== undefined) {
    const seconds = duration(used.userSeconds + used.systemSeconds);
    facts.push(`It used ${seconds} of processor time, and at most ${size(used.peakMemoryBytes)} of memory.`);
  }
  if (usage !== undefined) {
    facts.push(
      `When somebody last looked, at ${clockTime(usage.at)}, it held ${size(usage.memoryBytes)} in ` +
        `${usage.processes === 1 ? 'one process' : `${usage.processes} processes`} and had used ${duration(usage.cpuSeconds)} of processor time.`,
    );
  }
  facts.push(...output.flatMap(outputWords));
  if (output.length === 0 && !asked) facts.push('It printed nothing that the logs have.');
  if (!asked) facts.push(decisionWords(decision, ending.expected && !tooQuickly));
  return facts;
}

const SENT_WHY = {
  stop: '',
  overdue: ' because it had not ended within stopwaitsecs',
  request: ' by a client',
  unready: ' because it did not become ready',
} as const;

/** What the exit itself shows. */
function exitFacts({ exit, expected, signals }: Ended): string[] {
  if ('code' in exit) {
    const meaning = codeMeaning(exit.code);
    const verdict = expected
      ? `Status ${exit.code} is an expected one (exitcodes).`
      : `Status ${exit.code} is not an expected one (exitcodes).`;
    return meaning === undefined ? [verdict] : [verdict, meaning];
  }
  if ('unknown' in exit) return [`Its exit status is not known: ${exit.unknown}.`];
  const meaning = SIGNAL_MEANINGS[exit.signal];
  if (meaning !== undefined) return [`${exit.signal} means: ${meaning}.`];
  if (signals.some(({ signal }) => signal === exit.signal)) return [];
  return [`The daemon did not send ${exit.signal}: a person, a script or the kernel did.`];
}

/** The exit codes of shells: sysexits and 128 + signal. */
function codeMeaning(code: number): string | undefined {
  if (code === 126) return 'With 126 a shell says that it may not execute the command.';
  if (code === 127) return 'With 127 a shell says that it did not find the command.';
  if (code === 78) return 'By convention 78 means an error in the configuration of the program (EX_CONFIG).';
  const signal = SHELL_SIGNALS.get(code - 128);
  return signal && `With ${code} a shell, or a runtime in its manner, says that its command ended by ${signal}.`;
}

const SHELL_SIGNALS: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [6, 'SIGABRT'],
  [9, 'SIGKILL'],
  [11, 'SIGSEGV'],
  [13, 'SIGPIPE'],
  [15, 'SIGTERM'],
]);

function coreWords(core: CoreDump, pid: number): string {
  switch (core.kind) {
    case 'file':
      return `Its memory was saved in the core dump ${core.path} (${size(core.bytes)}).`;
    case 'handler':
      return `The kernel hands core dumps to ${core.command}; ask there, with coredumpctl info ${pid} for instance.`;
    case 'notFound':
      return `No core dump was found: ${core.reason}.`;
    default:
      return unreachable(core);
  }
}

function outputWords({ channel, lines, file }: LastOutput): string[] {
  const where = file === undefined ? '' : ` (${file})`;
  return [`It printed last on ${channel}${where}:`, ...lines.map((line) => `  | ${line}`)];
}

function decisionWords(decision: Decision, isExpected: boolean): string {
  const why = decision.reason === undefined ? '' : `: ${decision.reason}`;
  if (decision.kind === 'leave') return `It was ${isExpected ? 'left so' : 'not started again'}${why}.`;
  const when = decision.delaySeconds < 0.01 ? 'at once' : `after ${duration(decision.delaySeconds)}`;
  return `It was to be started again ${when}${why}.`;
}
