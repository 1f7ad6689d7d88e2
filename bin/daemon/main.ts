import { reasonOf } from '../../core/index.ts';
import { endOnOutputError } from '../output-errors.ts';
import type { ProcessSignals } from '../../plugins/host/daemon/index.ts';
import { helpText, parseCommandLine, type CommandLine } from './arguments.ts';
import { check } from './check.ts';
import { daemonize, reportToParent, takeDaemonMark } from './daemonize.ts';
import { load, Refused, settingsOf } from './load.ts';
import { runForeground, type Line } from './foreground.ts';
import { goBack, takeInheritance, type Inheritance } from './upgrade.ts';

declare const TSV_VERSION: string;

/** Runs the command line; resolves with the exit code. 2: nothing was started, and stderr gives the reason. */
export async function main(argv: readonly string[], signals: ProcessSignals): Promise<number> {
  const inherited = takeInheritance();
  const isDaemon = takeDaemonMark();
  try {
    const line = parseCommandLine(argv);
    // The exit code of a check does not depend on its reader. A daemon outlives the reader of its stdout.
    if (line.does !== 'run') endOnOutputError('tsvd', () => undefined);
    switch (line.does) {
      case 'help':
        process.stdout.write(helpText());
        return 0;
      case 'version':
        process.stdout.write(`${TSV_VERSION}\n`);
        return 0;
      case 'check':
        return await check(line);
      case 'diff':
        return await (await import('./diff.ts')).diff(line); // a client, which the daemon does not need
      case 'run':
        return isDaemon ? await runAsDaemon(line, signals, inherited) : await run(line, signals, inherited);
    }
  } catch (error) {
    if (inherited !== undefined) await goBack(inherited, reasonOf(error), isDaemon);
    return refuse(error, isDaemon && inherited === undefined);
  }
}

async function run(line: CommandLine, signals: ProcessSignals, inherited: Inheritance | undefined): Promise<number> {
  const loaded = await load(line);
  const isForeground = settingsOf(loaded.config).nodaemon || inherited !== undefined;
  if (isForeground) return runForeground(line, { first: loaded, signals, inherited, isDaemon: false });
  const { exitCode, stderr } = await daemonize();
  process.stderr.write(stderr);
  return exitCode;
}

async function runAsDaemon(
  line: CommandLine,
  signals: ProcessSignals,
  inherited: Inheritance | undefined,
): Promise<number> {
  const loaded = await load(line);
  const { umask, directory } = settingsOf(loaded.config);
  process.umask(umask);
  const lines: Line[] = [{ level: 'INFO', text: 'daemonizing the supervisord process' }];
  if (directory !== undefined) lines.push(changeTo(directory));
  // Nobody waits for a daemon that has become another version, nor for one that was restarted.
  let isAwaited = inherited === undefined;
  const onOpen = (): void => {
    if (isAwaited) reportToParent({ exitCode: 0, stderr: '' });
    isAwaited = false;
  };
  return runForeground(line, { first: loaded, signals, inherited, isDaemon: true, lines, onOpen });
}

/** A directory that cannot be entered does not prevent the start. Supervisor: options.py daemonize. */
function changeTo(directory: string): Line {
  try {
    process.chdir(directory);
  } catch (error) {
    return { level: 'CRIT', text: `can't chdir into '${directory}': ${reasonOf(error)}` };
  }
  return { level: 'INFO', text: `set current directory: '${directory}'` };
}

/** Handles everything that prevents the start of the daemon. */
function refuse(error: unknown, isDaemon: boolean): number {
  const text = error instanceof Refused ? error.report : `Error: ${reasonOf(error)}\nFor help, use tsvd -h\n`;
  if (isDaemon) reportToParent({ exitCode: 2, stderr: text });
  else process.stderr.write(text);
  return 2;
}
