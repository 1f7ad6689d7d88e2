import { spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { DAEMON_MARK, heldEnvironment } from '../environment.ts';

/** The descriptor on which the daemon tells its parent how the start went. */
const REPORT_FD = 3;

/** What the daemon tells the command that started it. */
interface Report {
  readonly exitCode: number;
  readonly stderr: string;
}

/**
 * Runs this same command again, detached, with a session of its own and nothing on its standard descriptors, and waits
 * until it is open for business or has failed: then its error appears here, with its exit code, as if it had stayed.
 * JavaScript cannot fork, which is what Supervisor does.
 */
export function daemonize(): Promise<Report> {
  const daemon = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...heldEnvironment(), [DAEMON_MARK]: '1' },
  });
  return new Promise((resolve, reject) => {
    let report = '';
    const pipe = daemon.stdio[REPORT_FD];
    daemon.once('error', reject);
    pipe?.on('data', (chunk: Buffer) => {
      report += chunk.toString();
    });
    pipe?.once('close', () => resolve(parseReport(report)));
  });
}

/** Whether this process is the daemon that {@link daemonize} started. Asked once; later answers are no. */
export function takeDaemonMark(): boolean {
  const isMarked = process.env[DAEMON_MARK] === '1';
  delete process.env[DAEMON_MARK];
  return isMarked;
}

/** Tells the command that started this daemon how the start went. */
export function reportToParent(report: Report): void {
  try {
    writeSync(REPORT_FD, JSON.stringify(report));
  } catch {
    // The parent was killed meanwhile; there is nobody to tell.
  } finally {
    closeSync(REPORT_FD);
  }
}

function parseReport(text: string): Report {
  try {
    const { exitCode, stderr }: Report = JSON.parse(text);
    return { exitCode, stderr };
  } catch {
    // None, or the beginning of one.
    return { exitCode: 1, stderr: 'Error: the daemon ended before it was ready; its log may say why\n' };
  }
}
