import { FAULTS, RpcError, faultOf } from '../../plugins/control/client/index.ts';
import type { Command } from './command.ts';
import type { Session } from './session.ts';
import { adviseOnName } from './process-names.ts';

/** A stream that cannot be read is not a failure of the command, as in supervisorctl; stderr gives the reason. */
export async function stream(session: Session, path: string, signal: AbortSignal): Promise<void> {
  const pieces = session.terminal.printPieces();
  try {
    await session.connection.stream(path, (chunk) => pieces.write(chunk), signal);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { failure, message } = error;
    const status = failure.kind === 'status' ? failure.status : failure.kind === 'unauthorized' ? 401 : undefined;
    const said = failure.kind === 'status' && failure.said !== undefined ? `: ${failure.said}` : '';
    const reason =
      status === undefined ? `Cannot connect, error: ${message}` : `Cannot read, status code ${status}${said}`;
    session.terminal.printError(`${session.access.serverurl}${path} ${reason}\n`);
  } finally {
    pieces.end();
  }
}

/** Shows what is written to a log until Ctrl-C. */
export async function showGrowing(session: Session, command: Command, path: string): Promise<void> {
  if (session.json) return session.misuse('Error: -f and --json do not go together; logs -f --json does that', command);
  session.line('==> Press Ctrl-C to exit <==');
  await session.terminal.interruptible(async (signal) => {
    await stream(session, path, signal);
    if (signal.aborted) session.line('');
  });
}

/** Shows the end of a log. `unknownName`: printed if the name does not exist. */
export async function showEnd(
  session: Session,
  name: string,
  unknownName: string | undefined,
  read: () => Promise<Buffer>,
): Promise<void> {
  try {
    const log = await read();
    if (session.json) return session.document({ name, log: log.toString() });
    const pieces = session.terminal.printPieces();
    pieces.write(log);
    pieces.end();
    session.line('');
  } catch (error) {
    const { code } = faultOf(error);
    if (code === FAULTS.NO_FILE) session.fail(`${name}: ERROR (no log file)`);
    else if (code === FAULTS.FAILED) session.fail(`${name}: ERROR (unknown error reading log)`);
    else if (code === FAULTS.BAD_NAME && unknownName !== undefined) {
      session.fail(`${name}: ERROR (${unknownName})`);
      await adviseOnName(session, name);
    } else throw error;
  }
}

/** `-100` means the last 100 bytes; the default is 1600. */
export function parseBytes(modifier: string | undefined): number | undefined {
  if (modifier === undefined) return 1600;
  const digits = /^-([+-]?\d+)$/.exec(modifier)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
