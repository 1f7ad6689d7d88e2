import { spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { DAEMON_MARK, heldEnvironment } from '../environment.ts';

/** The descriptor by which the daemon reports the result of its start to its parent. */
const REPORT_FD = 3;

/** The report of the daemon to the command that started it. */
interface Report {
  readonly exitCode: number;
  readonly stderr: string;
}

/**
 * Runs the same command again, detached, in its own session and without standard descriptors, and waits until it is
 * ready or has failed. An error is then printed here, with its exit code, as in the foreground. JavaScript cannot fork,
 * which is what Supervisor does.
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

/** Whether this process is the daemon that {@link daemonize} started. Only the first call can return true. */
export function takeDaemonMark(): boolean {
  const isMarked = process.env[DAEMON_MARK] === '1';
  delete process.env[DAEMON_MARK];
  return isMarked;
}

/** Reports the result of the start to the command that started this daemon. */
export function reportToParent(report: Report): void {
  try {
    writeSync(REPORT_FD, JSON.stringify(report));
  } catch {
    // The parent was killed in the meantime; nobody reads the report.
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
