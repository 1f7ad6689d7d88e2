import { reasonOf } from '../../core/index.ts';
import { endOnOutputError } from '../output-errors.ts';
import { helpText, parseCommandLine, type CommandLine } from './arguments.ts';
import { check } from './check.ts';
import { daemonize, reportToParent, takeDaemonMark } from './daemonize.ts';
import { load, Refused, settingsOf } from './load.ts';
import { runForeground } from './foreground.ts';

declare const TSV_VERSION: string;

/** Does what the command line says; resolves to the exit code. 2: nothing was started, stderr says why. */
export async function main(argv: readonly string[]): Promise<number> {
  const isDaemon = takeDaemonMark();
  try {
    const line = parseCommandLine(argv);
    // A verdict does not depend on its reader. A daemon outlives whoever read its stdout.
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
        return await (await import('./diff.ts')).diff(line); // a client; the daemon has no use for it
      case 'run':
        return isDaemon ? await runAsDaemon(line) : await run(line);
    }
  } catch (error) {
    return refuse(error, isDaemon);
  }
}

async function run(line: CommandLine): Promise<number> {
  const loaded = await load(line);
  if (settingsOf(loaded.config).nodaemon) return runForeground(line, loaded);
  const { exitCode, stderr } = await daemonize();
  process.stderr.write(stderr);
  return exitCode;
}

async function runAsDaemon(line: CommandLine): Promise<number> {
  const loaded = await load(line);
  const { umask, directory } = settingsOf(loaded.config);
  process.umask(umask);
  if (directory !== undefined) process.chdir(directory);
  return runForeground(line, loaded, () => reportToParent({ exitCode: 0, stderr: '' }));
}

/** Everything that keeps the daemon from starting ends here. */
function refuse(error: unknown, isDaemon: boolean): number {
  const text = error instanceof Refused ? error.report : `Error: ${reasonOf(error)}\nFor help, use tsvd -h\n`;
  if (isDaemon) reportToParent({ exitCode: 2, stderr: text });
  else process.stderr.write(text);
  return 2;
}
