import { constants } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { ProcessSignals } from '../../../../../plugins/host/daemon/index.ts';

/** Signals that keep what the kernel or Node does by default, each for the reason that signals.ts gives. */
const LEFT = [
  'SIGKILL',
  'SIGSTOP',
  'SIGSEGV',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGABRT',
  'SIGIOT', // SIGABRT
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGPIPE',
  'SIGPOLL', // SIGIO
];

const owners: ProcessSignals[] = [];
afterEach(() => {
  for (const owner of owners.splice(0)) owner.close();
});

function owner(): ProcessSignals {
  const made = new ProcessSignals();
  owners.push(made);
  return made;
}

function recorder() {
  const seen: string[] = [];
  return {
    seen,
    log: (level: string, text: string): void => void seen.push(`${level} ${text}`),
    reopen: (): void => void seen.push('reopen'),
    end: (ending: string): void => void seen.push(ending),
    isTaken: (_signal: string) => false,
    isShuttingDown: () => seen.includes('shutdown'),
    survive: (where: string, error: unknown): void => void seen.push(`${where}: ${String(error)}`),
  };
}

const signal = (name: string): boolean => process.emit(name as NodeJS.Signals, name as NodeJS.Signals);

test('every signal of this platform has a decision, or a reason to be left alone', () => {
  const before = new Map(Object.keys(constants.signals).map((name) => [name, process.listenerCount(name)]));
  owner().attach(recorder());
  const undecided = Object.keys(constants.signals).filter(
    (name) => process.listenerCount(name) === before.get(name) && !LEFT.includes(name),
  );
  expect(undecided).toEqual([]);
});

test('before anything runs, a signal to end is left to the kernel, and SIGUSR1 is not left to Node', () => {
  const count = (): Record<string, number> =>
    Object.fromEntries(['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGALRM'].map((name) => [name, process.listenerCount(name)]));
  const before = count();
  owner();
  expect(count()).toEqual({ ...before, SIGUSR1: (before['SIGUSR1'] ?? 0) + 1, SIGALRM: (before['SIGALRM'] ?? 0) + 1 });
});

test('what comes between two supervisions waits for the second one', () => {
  const signals = owner();
  const [first, second] = [recorder(), recorder()];
  const detach = signals.attach(first);
  signal('SIGUSR2');
  detach();
  for (const name of ['SIGHUP', 'SIGUSR2', 'SIGTERM', 'SIGHUP', 'SIGUSR1']) signal(name);
  process.emit('uncaughtException', new Error('between'));
  expect(first.seen).toEqual(['INFO received SIGUSR2 indicating log reopen request', 'reopen']);
  signals.attach(second);
  expect(second.seen).toEqual([
    'uncaught exception: Error: between',
    'WARN received SIGHUP indicating restart request',
    'restart',
    'INFO received SIGUSR2 indicating log reopen request',
    'reopen',
    'WARN received SIGTERM indicating exit request',
    'shutdown',
    'WARN received SIGUSR1 indicating nothing; logs are reopened by SIGUSR2',
  ]);
  detach(); // that of the first one takes nothing from the second
  signal('SIGHUP');
  expect(second.seen.at(-1)).toBe('WARN ignored SIGHUP indicating restart request (shutdown in progress)');
});

test('a flood of a signal that means nothing is a few lines', () => {
  const reactions = recorder();
  owner().attach(reactions);
  for (let count = 0; count < 1_000; count += 1) signal('SIGALRM');
  expect(reactions.seen).toHaveLength(12);
  expect(reactions.seen.at(-1)).toBe('INFO received SIGALRM indicating nothing (1000 times so far)');
});

test('a signal that a plugin has taken is that plugin’s', () => {
  const reactions = recorder();
  owner().attach({ ...reactions, isTaken: (name) => name === 'SIGUSR1' && reactions.seen.push('taken') > 0 });
  for (const name of ['SIGUSR1', 'SIGWINCH', 'SIGALRM']) signal(name);
  expect(reactions.seen).toEqual(['taken', 'INFO received SIGALRM indicating nothing']);
});
