import { FAULTS, faultOf, logPath } from '../../../plugins/control/client/index.ts';
import { pause } from '../../../core/index.ts';
import type { Command } from '../command.ts';
import { describeError } from '../fault-text.ts';
import type { Session } from '../session.ts';
import { adviseOnName } from '../process-names.ts';
import { stream } from '../log-output.ts';

export const fg: Command = {
  name: 'fg',
  usage: [['fg NAME', 'connect to a process: its output is shown, what you type is its input; Ctrl-C leaves']],
  completes: 'processes',
  async run(session, names) {
    if (!(await session.isUp())) return;
    const [name, ...more] = names;
    if (name === undefined) return session.misuse('ERROR: no process name supplied', fg);
    if (more.length > 0) return session.fail('ERROR: too many process names supplied');
    if (!(await canConnect(session, name))) return;
    session.line('==> Press Ctrl-C to exit <==');
    await session.terminal.interruptible((interrupted) => connect(session, name, interrupted));
  },
};

async function canConnect(session: Session, name: string): Promise<boolean> {
  try {
    const { state } = await session.daemon.process(name);
    if (state === RUNNING) return true;
    session.fail('ERROR: process not running');
  } catch (error) {
    // An unknown name is a failure; other faults are only shown: supervisorctl.py, do_fg.
    if (faultOf(error).code === FAULTS.BAD_NAME) {
      session.fail('ERROR: bad process name supplied');
      await adviseOnName(session, name);
    } else session.line(`ERROR: ${describeError(error)}`);
  }
  return false;
}

const RUNNING = 20;

/** Shows the output and forwards the input until its end, Ctrl-C, or the exit of the process. */
async function connect(session: Session, name: string, interrupted: AbortSignal): Promise<void> {
  const end = new AbortController();
  const gone = new AbortController();
  const until = AbortSignal.any([interrupted, end.signal]);
  const streams = (['stdout', 'stderr'] as const).map((channel) =>
    stream(session, logPath({ process: name, channel }), until),
  );
  void watch(session, name, end.signal).then((what) => {
    if (what !== undefined) session.line(what);
    gone.abort();
  });
  try {
    await passInput(session, name, AbortSignal.any([interrupted, gone.signal]));
  } finally {
    session.line('Exiting foreground');
    end.abort();
    await Promise.all(streams);
  }
}

/** How often the process is checked while nobody types. */
const LOOK_MS = 1_000;

/**
 * Waits until the process has stopped; returns the message for it. If the daemon does not answer, the next input shows
 * the error.
 */
async function watch(session: Session, name: string, signal: AbortSignal): Promise<string | undefined> {
  while (!signal.aborted) {
    await pause(session.clock, LOOK_MS, signal);
    const info = signal.aborted ? undefined : await session.daemon.process(name).catch(() => undefined);
    if (info !== undefined && info.state !== RUNNING && !signal.aborted) {
      return `${name} runs no more: ${[info.statename, info.description].filter((part) => part !== '').join(', ')}`;
    }
  }
  return undefined;
}

async function passInput(session: Session, name: string, interrupted: AbortSignal): Promise<void> {
  const stopped = new Promise<undefined>((resolve) => {
    interrupted.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  for (;;) {
    const line = await Promise.race([session.terminal.ask(''), stopped]);
    if (line === undefined || interrupted.aborted) return;
    try {
      await session.daemon.sendStdin(name, `${line}\n`);
    } catch (error) {
      const isGone = faultOf(error).code === FAULTS.NOT_RUNNING;
      return session.line(isGone ? 'Process got killed' : `ERROR: ${describeError(error)}`);
    }
    const { state } = await session.daemon.process(name);
    if (state !== RUNNING) return session.line('Process got killed');
  }
}
